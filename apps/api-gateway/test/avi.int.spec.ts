import 'reflect-metadata';
import type { Request } from '@baton/contracts';
import { renamed } from '@baton/testing';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARTIFACT, RELEASE, SHA256, startGateway, type Fixture } from './gateway-fixture.js';

const UPGRADE = '/fronts/avi/demo/api/cluster/upgrade';
const IMAGE = 'controller://upgrade_pkgs/controller.pkg';
const TARGZ = 'controller://upgrade_pkgs/controller_docker.tgz';

let base: string;
let gateway: Fixture;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'baton-avi-'));
  await mkdir(join(base, 'root', 'upgrade_pkgs'), { recursive: true });
  await mkdir(join(base, 'root-beside'));
  for (const name of ['controller.pkg', 'controller_docker.tgz']) await image(`root/upgrade_pkgs/${name}`);
  gateway = await startGateway({ avi: { root: join(base, 'root') } });
  await gateway.send('POST', '/v1/clusters', { clusterId: 'demo' });
  await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '17.1.0' });
});
afterEach(async () => {
  await gateway.close();
  await rm(base, { recursive: true });
});

const image = (path: string, bytes: Buffer = ARTIFACT): Promise<void> => writeFile(join(base, path), bytes);

/** A controller and a service engine that run this version. */
const nodes = async (version = '16.2.0', deployment: string | undefined = 'vm'): Promise<void> => {
  const on = {
    layers: { software: version },
    partitions: { A: { version, state: 'good' }, B: { state: 'empty' } },
  } as const;
  await gateway.hello('c-01', { ...on, labels: { role: 'controller', ...(deployment && { deployment }) } });
  await gateway.hello('s-01', { ...on, labels: { role: 'service-engine', group: 'red' } });
};

const start = (imagePath: unknown, more: object = {}, headers: Record<string, string> = {}) =>
  gateway.send('POST', UPGRADE, { image_path: imagePath, ...more }, headers);

/** Refused as this, in the words of a problem and in those of Avi, and nothing was recorded. */
const refuses = async (imagePath: unknown, kind: string, says = ''): Promise<void> => {
  const head = await gateway.log.head();
  const { status, body } = await start(imagePath);
  expect({ imagePath, type: body.type }).toEqual({ imagePath, type: `/problems/${kind}` });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body.errors).toEqual([{ pointer: '/image_path', detail: expect.stringContaining(says) }]);
  expect(body.error).toBe(body.detail);
  expect(await gateway.log.head()).toBe(head);
};

describe('the image of an Avi upgrade', () => {
  it('is refused by every path but a plain one below the root (V-16)', async () => {
    await nodes();
    const paths = [
      ...['controller://../secrets/controller.pkg', 'controller://upgrade_pkgs/../../root-beside/controller.pkg'],
      ...['controller://upgrade_pkgs/%2e%2e/%2e%2e/controller.pkg', 'controller://upgrade_pkgs%2fcontroller.pkg'],
      ...['controller:///upgrade_pkgs/controller.pkg', 'controller://upgrade_pkgs//controller.pkg'],
      ...['controller://upgrade_pkgs\\..\\controller.pkg', 'controller://./controller.pkg', 'controller://'],
      ...[
        'controller://.hidden/controller.pkg',
        'controller://up\ngrade/controller.pkg',
        'upgrade_pkgs/controller.pkg',
      ],
      ...['controller://.../controller.pkg', '/tmp/controller.pkg', 'file:///var/lib/avi/controller.pkg'],
    ];
    for (const path of paths) await refuses(path, 'bad-image-path', 'plain names');
  });

  it('behind a link is taken where that leads to a file below the root, and refused where it leads out (V-16)', async () => {
    await nodes();
    for (const path of ['secret.pkg', 'root-beside/controller.pkg']) await image(path);
    const at = (name: string): string => join(base, 'root', name);
    await symlink(base, at('up'));
    await symlink(join(base, 'root-beside'), at('beside'));
    await symlink('../../secret.pkg', join(await folder('file'), 'controller.pkg'));
    for (const name of ['beside', 'file'])
      await refuses(`controller://${name}/controller.pkg`, 'bad-image-path', 'out of');
    await refuses('controller://up/root-beside/controller.pkg', 'bad-image-path', 'out of');
    await symlink(at('upgrade_pkgs'), at('inside'));
    expect((await start('controller://inside/controller.pkg')).status).toBe(200);
  });

  const folder = async (name: string): Promise<string> => {
    const path = join(base, 'root', name);
    await mkdir(path);
    return path;
  };

  it('that is absent, no file, or named otherwise is refused (V-17)', async () => {
    await nodes();
    await mkdir(join(await folder('dir'), 'controller.pkg'));
    spawnSync('mkfifo', [join(await folder('pipe'), 'controller.pkg')]);
    for (const where of ['nowhere', 'dir', 'pipe']) {
      await refuses(`controller://${where}/controller.pkg`, 'image-missing', `controller://${where}/controller.pkg`);
    }
    await link(join(base, 'root/upgrade_pkgs/controller.pkg'), join(base, 'root/upgrade_pkgs/se.pkg'));
    for (const name of ['se.pkg', 'controller.pkg.bak', 'Controller.pkg', 'upgrade_pkgs', 'x-controller.pkg']) {
      await refuses(`controller://upgrade_pkgs/${name}`, 'bad-image-path', 'controller.pkg or controller_docker.tgz');
    }
    await refuses('controller://upgrade_pkgs/', 'bad-image-path', 'plain names');
  });

  it.each([
    ['vm', IMAGE, TARGZ],
    ['bare-metal', TARGZ, IMAGE],
  ])('must be that of the deployment %s: %s (V-08)', async (deployment, right, wrong) => {
    await nodes('16.2.0', deployment);
    await refuses(wrong, 'image-unfit', `run as ${deployment}`);
    expect((await start(right)).status).toBe(200);
  });

  it('is refused while nobody can tell the deployment, and when its controllers differ (V-08)', async () => {
    await nodes('16.2.0', '');
    await refuses(IMAGE, 'image-unfit', 'none has it');
    await nodes('16.2.0', 'mainframe');
    await refuses(IMAGE, 'image-unfit', 'they say mainframe');
    await nodes();
    await gateway.hello('c-02', { labels: { role: 'controller', deployment: 'bare-metal' } });
    await refuses(IMAGE, 'image-unfit', 'they say vm, bare-metal');
  });

  it('must have the bytes of a release, whatever its size', async () => {
    await nodes();
    await image('root/upgrade_pkgs/controller.pkg', Buffer.from('too short'));
    await refuses(IMAGE, 'image-unregistered', '9 bytes');
    await image('root/upgrade_pkgs/controller.pkg', Buffer.alloc(ARTIFACT.length));
    await refuses(IMAGE, 'image-unregistered', `${ARTIFACT.length} bytes of sha256`);
  });
});

describe('an upgrade that is asked for as of Avi', () => {
  it('goes to the release of the image, which needs no other upload (V-12)', async () => {
    await nodes();
    const { status, body } = await start(IMAGE);
    expect([status, body.controller_state.in_progress]).toEqual([200, true]);
    expect((await gateway.send('GET', `/v1/artifacts/${SHA256}`)).text).toBe(ARTIFACT.toString());
    const [request] = await gateway.log.read({ streams: [`upgrade-${body.upgrade}`] });
    expect(request?.data).toMatchObject({
      to: '17.1.0',
      strategy: { name: renamed('avi-system') },
      reason: expect.anything(),
    });
    const said = await gateway.send('GET', `${UPGRADE}/status`);
    expect(said.body).toEqual(body);
  });

  it.each([
    [{}, undefined, undefined],
    [{ disruptive: true }, undefined, true],
    [{ force: true }, true, undefined],
    [{ force: true, disruptive: true }, true, true],
    [{ force: false, disruptive: false }, undefined, undefined],
  ])(
    'with %j is as it says, both false by default, and the path is the reason; refused by prechecks it is aborted by itself (V-02, V-15)',
    async (flags, force, disruptive) => {
      await nodes();
      const { body } = await start(IMAGE, flags);
      const [request] = await gateway.log.read({ streams: [`upgrade-${body.upgrade}`] });
      const data = request?.data as Request;
      expect({ force: data.force, disruptive: data.disruptive }).toEqual({ force, disruptive });
      expect(data.abortsWhenBlocked).toBe(true);
      expect(data.reason).toBe(`Asked for over the Avi front with ${IMAGE}${force ? ' and force' : ''}.`);
      const engines = data.strategy.waves.find(({ name }) => name === 'service-engines')?.lanes;
      expect(engines).toEqual(force || disruptive ? 'per-node' : { label: 'group' });
    },
  );

  it('is refused while another is active, and the same request again is answered as the first time', async () => {
    await nodes();
    const key = { 'idempotency-key': 'k1' };
    const first = await start(IMAGE, {}, key);
    expect((await start(IMAGE, {}, key)).body.upgrade).toBe(first.body.upgrade);
    const { status, body } = await start('controller://nowhere');
    expect([status, body.type, body.error]).toEqual([409, '/problems/upgrade-active', body.detail]);
  });

  it('is there from a running version on: from below it the rule of the strategy forbids it (V-35)', async () => {
    await nodes('16.0.9');
    const { status, body } = await start(IMAGE);
    expect([status, body.type]).toEqual([422, '/problems/rule-forbids']);
    expect(body.detail).toMatch(/^versions\.from forbids/);
    await nodes('16.1.0');
    expect((await start(IMAGE)).status).toBe(200);
  });

  it('is idle before the first one, and knows no other cluster', async () => {
    const { body } = await gateway.send('GET', `${UPGRADE}/status`);
    expect(body).toMatchObject({ upgrade: '', controller_state: { state: 'UPGRADE_IDLE', in_progress: false } });
    expect((await gateway.send('GET', UPGRADE.replace('demo', 'lab') + '/status')).status).toBe(404);
    expect((await gateway.send('POST', UPGRADE.replace('demo', 'lab'), { image_path: IMAGE })).status).toBe(404);
  });
});

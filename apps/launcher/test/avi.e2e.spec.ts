import { eventually, renamed, shippedText } from '@baton/testing';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { artifactBytes, artifactFacts } from '../src/demo/artifact.js';
import { call, Dials, heal, judge, setFault, System, Trial, WITHIN_MS } from './support/index.js';

const [RUNNING, TARGET] = ['16.3.4', '17.1.2'];
const STRATEGY = renamed('avi-system');
const IMAGE = { image_path: 'controller://upgrade_pkgs/controller.pkg' };
/** A release that cannot be reached from what runs. */
const [FAR, FAR_IMAGE] = ['20.1.1', 'controller://far/controller.pkg'];
/** From where the far one could be reached, and what nobody has a release of. */
const NEARER = '18.1.0';
const CONTROLLERS = ['n1', 'n2', 'n3'];
// Three groups of service engines; the first of red fails.
const ENGINES = ['n4', 'n5', 'n6', 'n7', 'n8', 'n9'];
const LABELS = ['grid', 'splits'].flatMap((clusterId) => [
  ...[`${clusterId}:1-3:role=controller`, `${clusterId}:1-3:deployment=vm`, `${clusterId}:4-9:role=service-engine`],
  ...[`${clusterId}:4-5:group=red`, `${clusterId}:6-7:group=green`, `${clusterId}:8-9:group=blue`],
]);

/** What its clients read of the status. */
interface Said {
  readonly upgrade: string;
  readonly controller_state: {
    readonly state: string;
    readonly in_progress: boolean;
    readonly rollback: boolean;
    readonly tasks_completed: readonly { readonly task: string }[];
    readonly notes: readonly string[];
  };
  readonly se_state: Readonly<Record<string, unknown>>;
}

/** Simulated nodes have one address, so that the port is the same for all controllers. */
const controllerPort = createServer();
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const dials = new Dials();
const folder = mkdtempSync(join(tmpdir(), 'baton-avi-'));
let system: System;
beforeAll(async () => {
  const strategies = join(folder, 'strategies');
  for (const path of [strategies, join(folder, 'root', 'upgrade_pkgs'), join(folder, 'root', 'far')])
    mkdirSync(path, { recursive: true });
  await once(controllerPort.listen(0, '127.0.0.1'), 'listening');
  const text = shippedText('avi-system')
    .replace('timeoutMs: 1800000', 'timeoutMs: 8000')
    .replace('port: 8443', `port: ${portOf(controllerPort)}`);
  writeFileSync(join(strategies, 'renamed.yaml'), text);
  await pipeline(artifactBytes(TARGET), createWriteStream(join(folder, 'root', 'upgrade_pkgs', 'controller.pkg')));
  await pipeline(artifactBytes(FAR), createWriteStream(join(folder, 'root', 'far', 'controller.pkg')));
  const settings = {
    BATON_STRATEGY_DIR: strategies,
    BATON_AVI_STRATEGY: STRATEGY,
    BATON_AVI_ROOT: join(folder, 'root'),
  };
  const nodes = { BATON_NODE_VERSION: RUNNING, BATON_NODE_LABELS: LABELS.join(','), BATON_STABLE_MS: '100' };
  system = await System.start({ clusters: 'grid:9,splits:4', env: { ...settings, ...nodes, ...dials.env } });
  await Promise.all([system.api.cluster('grid', 9), system.api.cluster('splits', 4)]);
  await system.api.ask('POST', '/v1/releases', {
    ...{ version: TARGET, layer: 'software', kind: 'controller', minCompatible: '16.1.0' },
    ...(await artifactFacts(TARGET)),
  });
  await system.api.ask('POST', '/v1/releases', {
    ...{ version: FAR, layer: 'software', kind: 'controller', minCompatible: NEARER },
    ...(await artifactFacts(FAR)),
  });
}, 2 * WITHIN_MS);
afterAll(async () => {
  await system?.stop();
  controllerPort.close();
  dials.remove();
  rmSync(folder, { recursive: true });
}, WITHIN_MS);

const front = (clusterId: string): string => `/fronts/avi/${clusterId}/api/cluster/upgrade`;
const said = (clusterId: string): Promise<Said> => system.api.ask('GET', `${front(clusterId)}/status`);

/** As one who knows Avi only starts and watches it; for the rest of the spec it is a trial. */
const start = async (clusterId: string, wish = IMAGE): Promise<Trial> => {
  const { upgrade, controller_state: state } = await system.api.ask<Said>('POST', front(clusterId), wish);
  expect(state).toMatchObject({ state: 'UPGRADE_IN_PROGRESS', in_progress: true });
  return Trial.of(system, clusterId, upgrade);
};

const says = (clusterId: string, what: string, fits: (status: Said) => boolean): Promise<void> =>
  eventually(what, async () => fits(await said(clusterId)), WITHIN_MS);

/** Of the configuration as the cluster has it, field by field in order. */
const digestOf = (config: Readonly<Record<string, unknown>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(config).toSorted()))
    .digest('hex');

const configDigest = async (clusterId: string): Promise<string> => {
  const { config } = await system.api.ask<{ config: Record<string, unknown> }>('GET', `/v1/clusters/${clusterId}`);
  return digestOf(config);
};

const configure = (clusterId: string): Promise<unknown> =>
  system.api.ask('PUT', `/v1/clusters/${clusterId}/config`, { dns: ['10.0.0.53'], ntp: ['10.0.0.123'] });

/** The digest of what was configured, when the read models know of it. */
const configured = async (clusterId: string): Promise<string> => {
  await configure(clusterId);
  const empty = digestOf({});
  await eventually('the configuration is read', async () => (await configDigest(clusterId)) !== empty, WITHIN_MS);
  return configDigest(clusterId);
};

/** How often the gateway gave out an artifact as a whole. */
const downloads = async (): Promise<number> => {
  const { text } = await call('GET', `${system.stack.gatewayUrl}/metrics`);
  const [, count] =
    /^baton_http_request_seconds_count\{.*artifacts\/:sha256",status="200".*\} (\d+)$/m.exec(text) ?? [];
  return Number(count ?? 0);
};

describe('a system of controllers and service engines, upgraded as one of Avi', () => {
  it(
    'goes over in one sequence: all controllers, then all groups, of which one stalls while the others go on (V-01, V-03, V-05, V-12, V-13, V-25)',
    async () => {
      const before = await configured('grid');
      await setFault(system, 'grid', 'n4', { at: 'boot', kind: 'fail', times: 3 });
      const trial = await start('grid');
      await expect(configure('grid')).rejects.toThrow('423');

      await says('grid', 'green and blue are over, and red is not', ({ se_state: engines }) => {
        const { se_upgrade_completed: completed, se_upgrade_failed: failed } = engines;
        return JSON.stringify([completed, failed]) === JSON.stringify([['n6', 'n7', 'n8', 'n9'], ['n4']]);
      });
      const { controller_state: controllers, se_state: engines } = await said('grid');
      expect(controllers).toMatchObject({ state: 'UPGRADE_COMPLETED', in_progress: false });
      expect(controllers.tasks_completed.map(({ task }) => task)).toContain('COMMIT_UPGRADE');
      expect(engines).toMatchObject({
        ...{ in_progress: true, se_upgrade_not_started: ['n5'], se_upgrade_errors: [{ se_ref: 'n4' }] },
        notes: [expect.stringContaining('n4')],
      });
      await trial.machineRuns('n4', RUNNING);
      await trial.command('retry', { nodeId: 'n4' });
      await trial.completes(TARGET, 9);

      const granted = (await trial.logged('TokenGranted')).map(({ data }) => String(data['nodeId']));
      expect(granted.slice(0, 3).toSorted()).toEqual(CONTROLLERS);
      expect([...new Set(granted.slice(3))].toSorted()).toEqual(ENGINES);
      expect((await said('grid')).se_state).toMatchObject({ in_progress: false, se_upgrade_completed: ENGINES });

      // V-12: all bytes but those for the seed nodes, and for the prechecks, came from nodes.
      const stored = await trial.logged('SeedStored');
      expect(stored).toHaveLength(2);
      expect(await trial.logged('NodeStaged')).toHaveLength(9);
      expect(await downloads()).toBe(stored.length + 1);

      const checked = (await system.api.status(trial.upgradeId)).checks.find(({ check }) => check === 'ports-open');
      expect(checked?.evidence).toBe(`Probed: 9 nodes opened 24 connections to port ${portOf(controllerPort)}.`);

      expect(await configDigest('grid')).toBe(before);
      const [backup] = await trial.logged('BackupTaken');
      expect(digestOf(backup?.data['config'] as Record<string, unknown>)).toBe(before);
      await configure('grid');
    },
    3 * WITHIN_MS,
  );

  it(
    'too distant from the release is warned and aborted by itself: nothing is changed, and the cluster is free (V-02, V-07)',
    async () => {
      await configure('splits');
      const trial = await start('splits', { image_path: FAR_IMAGE });
      await says('splits', 'it is aborted', ({ controller_state: { state } }) => state === 'UPGRADE_ABORTED');
      await system.api.reaches(trial.upgradeId, 'aborted');
      const { controller_state: controllers, se_state: engines } = await said('splits');
      expect(controllers).toMatchObject({ in_progress: false, rollback: false });
      expect(controllers.notes[0]).toContain(`runs ${RUNNING}; ${FAR} can be reached from ${NEARER} or newer`);
      expect(engines).toMatchObject({ in_progress: false, se_upgrade_not_started: ['n4'] });

      const types = (await trial.logged()).map(({ type }) => type);
      const told = [
        'CheckFailed',
        'PrecheckFailed',
        'UpgradeBlocked',
        'AbortRequested',
        'UpgradeAborted',
        'UpgradeReleased',
      ];
      expect(types).toEqual(expect.arrayContaining(told));
      for (const type of ['DistributionStarted', 'NodeStaged', 'TokenGranted']) expect(types).not.toContain(type);
      await trial.run(RUNNING, 4);
      await configure('splits');
    },
    2 * WITHIN_MS,
  );

  it(
    'is aborted and as it was when its controllers do not form their cluster again: free, with its configuration (V-03, V-07, V-23)',
    async () => {
      const before = await configured('splits');
      await setFault(system, 'splits', 'n2', { at: 'stable', kind: 'unformed', times: 1 });
      const trial = await start('splits');
      await says('splits', 'it says who has not formed', ({ controller_state: { notes } }) =>
        notes.some((note) => note.includes('n2')),
      );
      await expect(configure('splits')).rejects.toThrow('423');
      await says('splits', 'it is aborted', ({ controller_state: { state } }) => state === 'UPGRADE_ABORTED');
      const { controller_state: controllers, se_state: engines } = await said('splits');
      expect(controllers).toMatchObject({ in_progress: false, rollback: true });
      expect(engines).toMatchObject({ in_progress: false, se_upgrade_not_started: ['n4'] });
      await trial.run(RUNNING, 4);

      const events = await trial.logged();
      expect(events.map(({ type }) => type)).not.toContain('CommitPointReached');
      const granted = events.filter(({ type }) => type === 'TokenGranted').map(({ data }) => data['nodeId']);
      expect(new Set(granted)).toEqual(new Set(CONTROLLERS));
      const [asked] = await trial.logged('RollbackRequested');
      expect(asked).toMatchObject({ data: { reason: expect.stringContaining('n2') }, meta: { actor: 'api-gateway' } });
      expect(await configDigest('splits')).toBe(before);
      await configure('splits');

      // Nothing is left of it: the next one goes through.
      await heal(system, 'splits', 'n2');
      const lift = `/v1/clusters/splits/quarantine/${TARGET}/lift`;
      await system.api.ask('POST', lift, { reason: 'n2 was ill, not the release' });
      await (await start('splits')).completes(TARGET, 4);
    },
    4 * WITHIN_MS,
  );

  it('opens no connection to a node: nodes dial out, and among each other (V-32)', () => {
    const { simulatorUrl, gatewayUrl, natsUrl, databaseUrl } = system.stack;
    const [node, gateway, nats, postgres] = [simulatorUrl, gatewayUrl, natsUrl, databaseUrl].map(
      (url) => new URL(url).port,
    );
    const { 'node-simulator': ofNodes = [], ...ofServices } = dials.ports();
    const expected = [
      'api-gateway',
      'distribution-svc',
      'precheck-svc',
      'projection-svc',
      'rollout-svc',
      'staging-svc',
    ];
    expect(Object.keys(ofServices).toSorted()).toEqual(expected);
    for (const ports of Object.values(ofServices)) {
      expect([gateway, nats, postgres]).toEqual(expect.arrayContaining([...ports]));
      expect(ports).toEqual(expect.arrayContaining([nats, postgres]));
    }
    expect(ofNodes.toSorted()).toEqual([gateway, nats, node, String(portOf(controllerPort))].toSorted());
  });

  it(
    'does not begin while a host that knows FleetLock only may reboot, whatever is killed meanwhile (INV-33)',
    async () => {
      const host = (step: string, id: string) => {
        const body = { client_params: { id, group: 'edge' } };
        const path = `/fronts/fleetlock/grid/v1/${step}`;
        return system.api.ask('POST', path, body, { 'fleet-lock-protocol': 'true' });
      };
      await host('pre-reboot', 'h1');
      await system.kill('api-gateway');
      await expect(host('pre-reboot', 'h2')).rejects.toThrow('h1 holds the slot of group edge');
      await expect(system.api.ask('POST', front('grid'), IMAGE)).rejects.toThrow('slot-taken');
      await host('steady-state', 'h2');
      await expect(host('pre-reboot', 'h2')).rejects.toThrow('409');
      const word = { id: 'h1', confirmedDown: true, reason: 'its board is broken' };
      await system.api.ask('POST', '/v1/clusters/grid/slots/edge/free', word);
      await host('pre-reboot', 'h2');
      await host('steady-state', 'h2');
    },
    WITHIN_MS,
  );

  it(
    'leaves a history in which nothing is wrong (INV-11, INV-14, INV-16, INV-33)',
    async () => {
      const { status, said: found } = await judge(system);
      expect(status === 0 ? '' : found).toBe('');
    },
    WITHIN_MS,
  );
});

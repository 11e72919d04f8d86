import 'reflect-metadata';
import { readyToUpgrade, startGateway, startUpgrade, type Answer, type Fixture } from './gateway-fixture.js';

let gateway: Fixture;
beforeEach(async () => {
  gateway = await startGateway();
  await readyToUpgrade(gateway);
});
afterEach(() => gateway.close());

type Step = 'pre-reboot' | 'steady-state';
const HEADER = { 'fleet-lock-protocol': 'true' };

const ask = (step: Step, body: unknown, headers: Record<string, string> = HEADER, cluster = 'demo'): Promise<Answer> =>
  gateway.send('POST', `/fronts/fleetlock/${cluster}/v1/${step}`, body, headers);
const says = (step: Step, id: string, group = 'default') => ask(step, { client_params: { id, group } });
const slots = async (): Promise<readonly [string, string][]> =>
  ((await gateway.send('GET', '/v1/clusters/demo')).body.slots as { group: string; id: string }[]).map(
    ({ group, id }) => [...([group, id] as const)],
  );

/** A no in the form of the protocol: these two texts, and nothing else. */
const refuses = ({ status, headers, body }: Answer, expected: number, kind: string, value = ''): void => {
  expect([status, body]).toEqual([expected, { kind, value: expect.stringContaining(value) }]);
  expect(headers['content-type']).toMatch(/^application\/json/);
};

describe('a host that asks over FleetLock', () => {
  it('may reboot when it is the only one of its group, as often as it asks, until it is up', async () => {
    for (let times = 0; times < 2; times++) expect((await says('pre-reboot', 'a')).status).toBe(200);
    refuses(await says('pre-reboot', 'b'), 409, 'slot-taken', 'a holds the slot of group default since ');
    expect((await says('pre-reboot', 'b', 'other')).status).toBe(200);
    expect(await slots()).toEqual([
      ['default', 'a'],
      ['other', 'b'],
    ]);
    // Whoever starts says that it is up, and frees nothing of others.
    for (const id of ['b', 'c']) expect((await says('steady-state', id)).status).toBe(200);
    refuses(await says('pre-reboot', 'b'), 409, 'slot-taken');
    for (let times = 0; times < 2; times++) expect((await says('steady-state', 'a')).status).toBe(200);
    expect((await says('pre-reboot', 'b')).status).toBe(200);
    const events = (await gateway.log.read({ streams: ['cluster-demo'] })).filter(({ type }) =>
      type.startsWith('Slot'),
    );
    expect(events.map(({ type, data }) => [type, (data as { id: string }).id])).toEqual([
      ...[
        ['SlotTaken', 'a'],
        ['SlotTaken', 'b'],
        ['SlotFreed', 'a'],
        ['SlotTaken', 'b'],
      ],
    ]);
    expect(new Set(events.map(({ meta }) => meta.actor))).toEqual(new Set(['fleetlock']));
  });

  it('keeps its slot over a restart of the gateway: nothing but itself or an operator frees it', async () => {
    await says('pre-reboot', 'a');
    const { log } = gateway;
    await gateway.close();
    gateway = await startGateway({ log });
    refuses(await says('pre-reboot', 'b'), 409, 'slot-taken');
    expect((await says('pre-reboot', 'a')).status).toBe(200);
  });

  it('is one of many that ask at once, and no other gets the slot', async () => {
    const hosts = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(hosts.map((id) => says('pre-reboot', id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await slots()).toHaveLength(1);
  });

  it('never reboots beside an upgrade of its cluster: whichever comes first keeps the other out', async () => {
    await says('pre-reboot', 'a');
    const refused = await gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0' });
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/slot-taken']);
    expect(refused.body.detail).toContain('POST /v1/clusters/demo/slots/default/free');
    const planned = await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.1.0' });
    const [request] = await gateway.log.read({ streams: [`upgrade-${planned.body.planId}`] });
    expect([planned.status, request?.data]).toEqual([202, expect.objectContaining({ hostGroups: ['default'] })]);
    await says('steady-state', 'a');

    const [host, upgrade] = await Promise.all([
      says('pre-reboot', 'a'),
      gateway.send('POST', '/v1/clusters/demo/upgrades', { to: '1.1.0' }),
    ]);
    expect([host.status === 200, upgrade.status === 202].filter(Boolean)).toHaveLength(1);
    if (host.status === 200) await says('steady-state', 'a');
    const upgradeId = upgrade.status === 202 ? (upgrade.body.upgradeId as string) : await startUpgrade(gateway);
    refuses(await says('pre-reboot', 'a'), 423, 'cluster-frozen', upgradeId);
    expect((await says('steady-state', 'a')).status).toBe(200);
  });

  it('is refused in the form of the protocol whatever is wrong', async () => {
    const body = { client_params: { id: 'a', group: 'default' } };
    refuses(await ask('pre-reboot', body, {}), 400, 'invalid-request', 'fleet-lock-protocol: must be true');
    refuses(await ask('steady-state', body, { 'fleet-lock-protocol': 'yes' }), 400, 'invalid-request', 'must be true');
    refuses(await ask('pre-reboot', body, HEADER, 'lab'), 404, 'unknown-cluster', 'no such cluster');
    refuses(
      await ask('pre-reboot', '{"client_params":', { ...HEADER, 'content-type': 'application/json' }),
      400,
      'malformed-json',
    );
    refuses(
      await ask('pre-reboot', 'id=a', { ...HEADER, 'content-type': 'text/plain' }),
      415,
      'unsupported-media-type',
    );
    const { client_params: known } = body;
    const wrong: readonly [unknown, string][] = [
      [{}, '/client_params'],
      [{ client_params: 'a' }, '/client_params'],
      [{ client_params: [] }, '/client_params'],
      [{ client_params: { id: 'a' } }, '/client_params/group'],
      [{ client_params: { group: 'default' } }, '/client_params/id'],
      [{ client_params: { ...known, id: '' } }, '/client_params/id'],
      [{ client_params: { ...known, id: 'x'.repeat(129) } }, '/client_params/id'],
      [{ client_params: { ...known, id: ' ' } }, '/client_params/id'],
      [{ client_params: { ...known, id: 'a\u202eb\n' } }, '/client_params/id'],
      [{ client_params: { ...known, group: 'two words' } }, '/client_params/group'],
      [{ client_params: { ...known, group: 'a/../b' } }, '/client_params/group'],
      [{ client_params: { ...known, force: true } }, '/client_params/force'],
      [undefined, 'client_params'],
    ];
    for (const [sent, field] of wrong) refuses(await ask('pre-reboot', sent), 400, 'invalid-request', field);
    expect(await slots()).toEqual([]);
  });
});

describe('an operator', () => {
  const free = (body: object, group = 'default') => gateway.send('POST', `/v1/clusters/demo/slots/${group}/free`, body);
  const word = { confirmedDown: true, reason: 'its board is broken' };

  it('frees the slot of a host that is down: by its name, with a reason, and with the word that it stays down', async () => {
    await says('pre-reboot', 'a');
    for (const body of [
      { id: 'a', reason: 'it hangs' },
      { id: 'a', ...word, confirmedDown: false },
    ]) {
      const { status, text } = await free(body);
      expect([status, text]).toEqual([400, expect.stringContaining('/confirmedDown')]);
    }
    expect((await free({ id: 'a', confirmedDown: true })).body.errors[0].pointer).toBe('/reason');
    for (const [id, group] of [
      ['b', 'default'],
      ['a', 'other'],
    ]) {
      expect((await free({ id, ...word }, group)).body.type).toBe('/problems/slot-not-held');
    }
    expect(await slots()).toEqual([['default', 'a']]);
    expect((await free({ id: 'a', ...word })).status).toBe(200);
    const [freed] = (await gateway.log.read({ streams: ['cluster-demo'] })).slice(-1);
    expect(freed).toMatchObject({
      ...{ type: 'SlotFreed', data: { group: 'default', id: 'a', ...word } },
      meta: { actor: expect.stringMatching(/^operator:/) },
    });
    expect((await says('pre-reboot', 'b')).status).toBe(200);
  });
});

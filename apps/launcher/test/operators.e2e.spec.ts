import { eventually } from '@baton/testing';
import { call, judge, NEW, NEXT, OLD, simulatedNodes, System, Trial, WITHIN_MS } from './support/index.js';

const CLUSTERS = ['half-back', 'all-back', 'skips', 'finalizes', 'pauses', 'twins', 'commits'];
const NODES = 4;

let system: System;
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:${NODES}`).join(',') });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, NODES)));
  for (const version of [NEW, NEXT, '1.9.0']) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

/** What each machine of a cluster runs, and from which partition. */
const running = async (clusterId: string) =>
  (await simulatedNodes(system, clusterId))
    .map(({ nodeId, state, active, layers }) => ({ nodeId, state, active, version: layers['software'] }))
    .toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));

const onOld = (count = NODES) =>
  Array.from({ length: count }, (_, index) => ({ nodeId: `n${index + 1}`, state: 'up', active: 'A', version: OLD }));

/** The release that a cluster came back from is kept from it. */
const isQuarantined = async ({ clusterId }: Trial): Promise<void> => {
  const url = `${system.stack.gatewayUrl}/v1/clusters/${clusterId}/upgrades`;
  const answer = await call('POST', url, { to: NEW, strategy: 'strict' });
  expect(answer).toMatchObject({ status: 409, body: { type: '/problems/release-quarantined' } });
};

const granted = async (trial: Trial) =>
  (await trial.logged('TokenGranted')).map(({ data }) => `${String(data['nodeId'])} ${String(data['direction'])}`);

/** Where in each turn something stops the upgrade, and to which version that one goes. */
const MOMENTS = [
  ['TokenGranted', '1.4.0'],
  ['HolderDrained', '1.5.0'],
  ['HolderActivated', '1.6.0'],
  ['HolderBooted', '1.7.0'],
  ['TokenReturned', '1.8.0'],
] as const;
const LOOKS_MAX = 8;

/** Holds the node after a turn until that turn's command was given, however late a busy host is with it. */
const HOLD = { at: 'boot', kind: 'hang' };
const after = (turn: number): string => `n${turn + 1}`;

/** Pauses in each turn but the last two, and aborts in the one before the last; the grants that followed an answer. */
const grantedAfterStops = async (trial: Trial, moment: string) => {
  const found: unknown[] = [];
  for (let turn = 1; turn < NODES; turn += 1) {
    const command = turn === NODES - 1 ? 'abort' : 'pause';
    await trial.watch.untilType(moment, turn);
    // A moment that is another one each time finds more.
    for (let looks = Math.floor(Math.random() * LOOKS_MAX); looks > 0; looks -= 1) await trial.nodes();
    const position = await trial.command(command);
    await trial.heal(after(turn));
    const isFree = async () =>
      (await system.api.status(trial.upgradeId, `?after=${position}`)).lanes.every(({ token }) => !token);
    await eventually('the holder has come to its end', isFree, WITHIN_MS);
    const grants = (await trial.logged('TokenGranted')).filter((event) => event.position > position);
    found.push(...grants.map((grant) => ({ moment, turn, command, position, grant: grant.position })));
    if (command === 'pause') {
      await trial.fault(after(turn + 1), HOLD);
      await trial.command('resume');
    }
  }
  await system.api.reaches(trial.upgradeId, 'aborted');
  return found;
};

describe('an operator', () => {
  it.concurrent(
    'who pauses or aborts sees no token granted after the answer, whatever the moment (INV-16)',
    async () => {
      const found: unknown[] = [];
      for (const [moment, version] of MOMENTS) {
        await system.api.release(version);
        const trial = await Trial.start(system, 'pauses', { [after(1)]: HOLD }, { to: version, strategy: 'patient' });
        found.push(...(await grantedAfterStops(trial, moment)));
      }
      expect(found).toEqual([]);
      await (await Trial.start(system, 'pauses', {}, { to: '1.9.0' })).completes('1.9.0');
    },
    3 * WITHIN_MS,
  );

  it.concurrent(
    'rolls back a half-done upgrade: each node runs what it ran before, and the release is in quarantine (INV-26)',
    async () => {
      const trial = await Trial.start(system, 'half-back', { n2: { at: 'boot', kind: 'hang' } });
      await trial.stalls({ kind: 'boot-late', nodeId: 'n2', command: 'rollback' });
      await trial.heal('n2');
      await trial.command('rollback');
      await system.api.reaches(trial.upgradeId, 'rolled-back');
      expect(await granted(trial)).toEqual(['n1 forward', 'n2 forward', 'n2 back', 'n1 back']);
      expect(await running('half-back')).toEqual(onOld());
      await isQuarantined(trial);
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'rolls back a completed upgrade, one node after the other in reverse order (INV-26, N-12)',
    async () => {
      const trial = await Trial.start(system, 'all-back');
      await trial.completes();
      await trial.command('rollback');
      await system.api.reaches(trial.upgradeId, 'rolled-back');
      expect((await granted(trial)).slice(NODES)).toEqual(['n4 back', 'n3 back', 'n2 back', 'n1 back']);
      expect(await running('all-back')).toEqual(onOld());
      await isQuarantined(trial);
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'skips a node that waits and one that fell back: both stay on their version, and the rest goes on (N-18)',
    async () => {
      const trial = await Trial.start(system, 'skips', { n2: { at: 'boot', kind: 'fail', times: 3 } });
      await trial.stalls({ kind: 'fell-back', nodeId: 'n2', command: 'skip' });
      await trial.command('skip', { nodeId: 'n3' });
      await trial.command('skip', { nodeId: 'n2' });
      const { versions, nodes } = await system.api.reaches(trial.upgradeId, 'completed');
      expect(versions).toEqual({ [NEW]: 2, [OLD]: 2 });
      expect(nodes.map(({ state }) => state)).toEqual(['stable', 'skipped', 'skipped', 'stable']);
      const skipped = await trial.logged('HolderSkipped');
      expect(skipped.map(({ data }) => [data['nodeId'], data['version']])).toEqual([
        ['n3', undefined],
        ['n2', OLD],
      ]);
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'commits when all is staged: the new version in the passive partition, while the old one runs and stays whole (N-09, N-10, N-12)',
    async () => {
      const trial = await Trial.start(system, 'commits', {}, { autoCommit: false });
      const { nodes } = await system.api.reaches(trial.upgradeId, 'prepared');
      const partitions = { A: { version: OLD, state: 'good' }, B: { version: NEW, state: 'good' } };
      for (const node of nodes) expect(node).toMatchObject({ active: 'A', passive: 'B', partitions });
      expect(await running('commits')).toEqual(onOld());
      expect(await granted(trial)).toEqual([]);
      await trial.command('commit');
      await trial.completes();
      for (const node of await trial.nodes()) expect(node).toMatchObject({ active: 'B', passive: 'A', partitions });
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'finalizes: the old version is given up on every node, and there is no way back',
    async () => {
      const trial = await Trial.start(system, 'finalizes');
      await trial.completes();
      await trial.command('finalize');
      const { rollback, nodes } = await system.api.reaches(trial.upgradeId, 'finalized');
      expect(rollback.possible).toBe(false);
      expect(nodes.map(({ partitions }) => partitions?.A?.state)).toEqual(Array(NODES).fill('released'));
      const url = `${system.stack.gatewayUrl}/v1/upgrades/${trial.upgradeId}/rollback`;
      expect(await call('POST', url, {})).toMatchObject({ status: 409, body: { type: '/problems/illegal-command' } });
      await trial.again();
    },
    2 * WITHIN_MS,
  );

  it.concurrent(
    'who asks twice at once for an upgrade gets one, and the other is told about it; aborted before the first grant it is as if it never began',
    async () => {
      const { gatewayUrl } = system.stack;
      const ask = () => call('POST', `${gatewayUrl}/v1/clusters/twins/upgrades`, { to: NEW, strategy: 'strict' });
      const answers = await Promise.all([ask(), ask(), ask(), ask()]);
      const [admitted, ...others] = answers.toSorted((a, b) => a.status - b.status);
      const { upgradeId, position } = admitted?.body as { upgradeId: string; position: number };
      expect(others.map(({ status }) => status)).toEqual([409, 409, 409]);
      for (const { text } of others) expect(text).toContain(upgradeId);
      const { items } = await system.api.ask<{ items: unknown[] }>(
        'GET',
        `/v1/upgrades?cluster=twins&after=${position}`,
      );
      expect(items).toHaveLength(1);
      await system.api.command(upgradeId, 'abort');
      await system.api.reaches(upgradeId, 'aborted');

      const trial = await Trial.start(system, 'twins', {}, { autoCommit: false });
      await system.api.reaches(trial.upgradeId, 'prepared');
      await trial.command('abort');
      await system.api.reaches(trial.upgradeId, 'aborted');
      expect(await granted(trial)).toEqual([]);
      expect(await running('twins')).toEqual(onOld());
      await system.api.ask('PUT', '/v1/clusters/twins/config', { free: true });
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

describe('the history of all that operators asked for', () => {
  it('is one in which nothing is wrong (INV-16, INV-22)', async () => {
    expect(await judge(system)).toMatchObject({ status: 0, said: expect.stringMatching(/^holds +INV-22 /m) });
  });
});

import { eventually, LineClient } from '@baton/testing';
import { ARTIFACT } from './gateway.js';
import { Rig } from './rig.js';
import { CLUSTER } from './start-simulator.js';

const HOOKS = ['routes', 'tunnels'];
/** Two nodes that take over for each other, and one without a peer. */
const PAIR = { clusterId: CLUSTER, first: 1, last: 2, label: 'pair', value: 'a' };

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start({ nodes: 3, labels: [PAIR], paces: { bootMs: 300 } });
});
afterEach(() => rig.stop());

/** Who answers a client that comes to the port of a node; undefined: nobody. */
const whoAnswersAt = async (nodeId: string): Promise<string | undefined> => {
  const client = await LineClient.connect((await rig.node(nodeId)).workload['block'] ?? 0);
  const answer = await client.ask('WHO');
  client.close();
  return answer;
};

const evidence = (text: string) => ({
  outcome: { hooks: HOOKS.map(() => ({ evidence: expect.stringContaining(text) })) },
});

it('what a node serves goes to its peer before it goes down, stays there while it is away, and comes back (X-24)', async () => {
  await rig.stage();
  expect(await whoAnswersAt('n1')).toBe('NODE n1');
  rig.grant();
  expect(await rig.ask('n1', 'drain', { hooks: HOOKS })).toMatchObject(evidence('n2 answers'));
  // It has not gone down yet.
  expect(rig.truth().map(({ event }) => event)).toEqual(['up']);
  expect(await whoAnswersAt('n1')).toBe('NODE n2');
  const answers: (string | undefined)[] = [];
  const { bootId } = await rig.node();
  await rig.ask('n1', 'activate', { artifact: ARTIFACT, activation: 'replace' });
  await eventually('n1 is up in another life', async () => {
    answers.push(await whoAnswersAt('n1'));
    const now = await rig.node();
    return now.bootId !== bootId && now.state === 'up';
  });
  expect(rig.truth().map(({ event }) => event)).toEqual(['up', 'down', 'up']);
  expect(answers.length).toBeGreaterThan(1);
  // It is back, and nobody goes there yet.
  expect(new Set([...answers, await whoAnswersAt('n1')])).toEqual(new Set(['NODE n2']));
  const back = await rig.ask('n1', 'undrain', { hooks: HOOKS.toReversed() });
  expect(back).toMatchObject({
    outcome: { hooks: [{ hook: 'tunnels' }, { evidence: expect.stringContaining('n1 answers') }] },
  });
  expect(await whoAnswersAt('n1')).toBe('NODE n1');
});

it('without hooks nobody answers for a node that is away (X-24)', async () => {
  await rig.stage();
  rig.grant();
  await rig.ask('n1', 'drain');
  expect(await whoAnswersAt('n1')).toBeUndefined();
});

it('goes nowhere from a node without a peer, or whose peer hands over too, and the evidence says so', async () => {
  rig.grant();
  expect(await rig.ask('n3', 'drain', { hooks: HOOKS })).toMatchObject(evidence('no peer'));
  expect(await rig.ask('n2', 'drain', { hooks: HOOKS })).toMatchObject(evidence('n1 answers'));
  expect(await rig.ask('n1', 'drain', { hooks: HOOKS })).toMatchObject(evidence('no peer'));
});

it('is no success while the peer does not answer', async () => {
  await rig.fault({ at: 'workload', kind: 'unreachable' }, 'n2');
  rig.grant();
  expect(await rig.ask('n1', 'drain', { hooks: HOOKS })).toMatchObject({ status: 'failed', reason: 'hook-failed' });
});

import { askNode, connectBus, type Bus } from '@baton/bus';
import type { Answer, AskArgs, NodeHello, Verb } from '@baton/contracts';
import { Slots } from '@baton/node-agent';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactOf, Gateway } from './gateway.js';
import { SimulatorProcess } from './process.js';

const NODES = 1_000;
const STAGERS = 200;
const GIB_KB = 1_048_576;
/** As many as a stage asks at a time. */
const AT_ONCE = 32;
const RING = 8;
const BYTES = randomBytes(512 * 1024);
const artifact = artifactOf('1.1.0', BYTES);

const ids = Array.from({ length: NODES }, (_, index) => `n${index + 1}`);

let nats: TestNats;
let bus: Bus;
let gateway: Gateway;
let simulator: SimulatorProcess;
let folder: string;
const urls = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-thousand-'));
  nats = await startNats();
  gateway = await Gateway.start(folder, BYTES);
  bus = await connectBus({ servers: nats.url, name: 'thousand-nodes' });
  bus.nc.subscribe('baton.v1.rpt.big.*.membership.NodeHello', {
    callback: (_error, message) => {
      const { nodeId, url } = message.json<NodeHello>();
      urls.set(nodeId, url);
    },
  });
  await bus.nc.flush();
}, 30_000);
afterAll(async () => {
  await simulator?.end();
  await bus?.close();
  await gateway?.stop();
  await nats?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks a node until its answer is the end of what it was asked for. */
const ask = async (nodeId: string, verb: Verb, args: AskArgs, peers: readonly string[]): Promise<Answer> => {
  let answer: Answer | undefined;
  await eventually(
    `${nodeId} ends ${verb}`,
    async () => {
      answer = await askNode(bus, {
        ...{
          clusterId: 'big',
          nodeId,
          verb,
          stage: 'staging',
          upgradeId: 'u1',
          upgradeNo: 1,
          instance: 'u1',
          attempt: 1,
        },
        ...{ args, peers, urls: Object.fromEntries(peers.map((peer) => [peer, urls.get(peer) ?? ''])) },
      });
      return answer !== undefined && answer.status !== 'accepted' && answer.status !== 'running';
    },
    30_000,
  );
  return answer!;
};

const askAll = async (
  nodeIds: readonly string[],
  verb: Verb,
  args: AskArgs,
  peersOf: (index: number) => readonly string[],
): Promise<readonly Answer[]> => {
  const slots = new Slots(AT_ONCE);
  return Promise.all(nodeIds.map((nodeId, index) => slots.run(() => ask(nodeId, verb, args, peersOf(index)))));
};

const ring = (index: number): readonly string[] =>
  Array.from({ length: RING }, (_, step) => ids[(index + step + 1) % NODES]!);

describe('one process with 1,000 simulated nodes', () => {
  it('answers for all of them, probes and stages, in under 1 GiB, and ends in order', async () => {
    simulator = await SimulatorProcess.start(folder, nats.url, {
      BATON_CLUSTERS: `big:${NODES}`,
      BATON_BOOT_MS: '100',
      BATON_GATEWAY_URL: gateway.url,
    });
    await eventually('all have said hello', () => urls.size === NODES, 30_000);

    const inspected = await askAll(ids, 'inspect', {}, () => []);
    expect(new Set(inspected.map(({ outcome }) => outcome?.facts?.nodeId))).toEqual(new Set(ids));

    const probed = await askAll(ids, 'probe', { back: true }, ring);
    expect(probed.map(({ outcome }) => outcome?.probe)).toEqual(ids.map(() => ({ reached: 2 * RING, failures: [] })));

    const [seed, ...others] = ids.slice(0, STAGERS);
    expect(await askAll([seed!], 'store', { artifact }, () => [])).toMatchObject([{ status: 'done' }]);
    const staged = await askAll([seed!, ...others], 'stage', { artifact }, () => [seed!]);
    expect(new Set(staged.map(({ outcome }) => outcome?.written?.sha256))).toEqual(new Set([artifact.sha256]));

    expect(simulator.peakKb()).toBeLessThan(GIB_KB);
    expect(await simulator.end('SIGTERM')).toBe(0);
  }, 60_000);
});

import type { Answer } from '@baton/contracts';
import { Slots } from '@baton/node-agent';
import { eventually } from '@baton/testing';
import { randomBytes } from 'node:crypto';
import { artifactOf } from './gateway.js';
import type { SimulatorProcess } from './process.js';
import { Services, type Question } from './services.js';

const NODES = 1_000;
const STAGERS = 200;
const GIB_KB = 1_048_576;
/** As many as a stage waits for at a time, and as many peers as a node of a large cluster probes. */
const [AT_ONCE, RING] = [32, 8];
const BYTES = randomBytes(512 * 1024);
const artifact = artifactOf('1.1.0', BYTES);

const ids = Array.from({ length: NODES }, (_, index) => `n${index + 1}`);
const ringAfter = (index: number): readonly string[] =>
  Array.from({ length: RING }, (_, step) => ids[(index + step + 1) % NODES]!);

let services: Services;
let simulator: SimulatorProcess | undefined;
beforeAll(async () => {
  services = await Services.start('big', BYTES);
});
afterAll(async () => {
  await simulator?.end();
  await services?.stop();
});

const askAll = (questions: readonly Question[], isEnough?: (answer: Answer) => boolean): Promise<readonly Answer[]> => {
  const slots = new Slots(AT_ONCE);
  return Promise.all(questions.map((question) => slots.run(() => services.ask(question, isEnough))));
};

// On a busy machine an answer may come too late; a stage asks again too.
const hasReachedAll = ({ outcome }: Answer): boolean => outcome?.probe?.reached === 2 * RING;

describe('one process with 1,000 simulated nodes', () => {
  it('answers for all of them, probes and stages in less than 1 GiB, and ends in order', async () => {
    simulator = await services.simulate(NODES);
    await eventually('all have said hello', () => services.urls.size === NODES, 30_000);

    const inspected = await askAll(ids.map((nodeId) => ({ nodeId, verb: 'inspect' })));
    expect(inspected.map(({ outcome }) => outcome?.facts?.nodeId)).toEqual(ids);

    const probed = await askAll(
      ids.map((nodeId, index) => ({ nodeId, verb: 'probe', args: { back: true }, peers: ringAfter(index) })),
      hasReachedAll,
    );
    expect(probed.map(({ outcome }) => outcome?.probe)).toEqual(ids.map(() => ({ reached: 2 * RING, failures: [] })));

    const seed = ids[0]!;
    await services.ask({ nodeId: seed, verb: 'store', args: { artifact } });
    const staged = await askAll(
      ids.slice(0, STAGERS).map((nodeId) => ({ nodeId, verb: 'stage', args: { artifact }, peers: [seed] })),
    );
    expect(new Set(staged.map(({ outcome }) => outcome?.written?.sha256))).toEqual(new Set([artifact.sha256]));

    expect(simulator.peakKb()).toBeLessThan(GIB_KB);
    expect(await simulator.end('SIGTERM')).toBe(0);
  }, 60_000);
});

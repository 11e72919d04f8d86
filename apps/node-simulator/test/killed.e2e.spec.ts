import type { Facts } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BootRecord } from '../src/machine/boot-loader.js';
import type { TruthLine } from '../src/truth.js';
import { ARTIFACT, NEW, OLD } from './gateway.js';
import type { SimulatorProcess } from './process.js';
import { Services } from './services.js';

const NODES = 2;
const FIRST_EPOCH = 1_000_001;
const WITHIN_MS = 180_000;

let services: Services;
let simulator: SimulatorProcess;
beforeEach(async () => {
  services = await Services.start('lab');
  await start();
  await eventually('all have said hello', () => services.urls.size === NODES);
});
afterEach(async () => {
  await simulator?.end();
  await services?.stop();
});

const start = async (): Promise<void> => {
  simulator = await services.simulate(NODES);
};

const killAndStart = async (): Promise<void> => {
  await simulator.end('SIGKILL');
  await start();
};

const disk = (...path: string[]): string => join(services.folder, 'nodes', ...path);
const bootRecord = (): BootRecord => JSON.parse(readFileSync(disk('lab', 'n1', 'boot.json'), 'utf8')) as BootRecord;

type Line = TruthLine & { readonly pid: number; readonly monotonicMs: number };

const truth = (nodeId: string): readonly Line[] =>
  readFileSync(disk('truth.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.nodeId === nodeId);

const told = (nodeId: string): readonly string[] => truth(nodeId).map(({ event, by }) => `${event} by ${by}`);

const facts = async (): Promise<Facts> => (await services.ask({ nodeId: 'n1', verb: 'inspect' })).outcome!.facts!;

const fault = async (method: 'POST' | 'DELETE', body?: object): Promise<void> => {
  const url = `${simulator.url}/v1/clusters/lab/nodes/n1/faults`;
  const { ok } = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  expect(ok).toBe(true);
};

const stageAndGoOver = async (): Promise<void> => {
  const args = { artifact: ARTIFACT };
  await services.ask({ nodeId: 'n1', verb: 'store', args });
  await services.ask({ nodeId: 'n1', verb: 'stage', args });
  const activated = await services.ask({
    ...{ nodeId: 'n1', verb: 'activate', stage: 'rollout', epoch: FIRST_EPOCH },
    args: { ...args, activation: 'reboot' },
  });
  expect(activated).toMatchObject({ status: 'done' });
};

describe('a simulator that is killed', () => {
  it(
    'in each of three tries to boot has counted them, and the machine falls back (INV-21)',
    async () => {
      await fault('POST', { at: 'boot', kind: 'hang' });
      await stageAndGoOver();
      for (const triesLeft of [2, 1, 0]) {
        await eventually(`${triesLeft} tries are left`, () => bootRecord().triesLeft === triesLeft);
        await killAndStart();
      }
      await eventually('it has fallen back', () => bootRecord().fellBack !== undefined);
      await killAndStart();
      await fault('DELETE');
      expect(await facts()).toMatchObject({
        ...{ active: 'A', layers: { software: OLD }, epoch: FIRST_EPOCH, fellBack: { from: NEW, to: OLD, tries: 3 } },
        partitions: { A: { state: 'good' }, B: { version: NEW, state: 'bad' } },
      });
    },
    WITHIN_MS,
  );

  it(
    'finds its machines as they were, and has written down that they were all down',
    async () => {
      await stageAndGoOver();
      await eventually('it runs the new version', () => truth('n1').at(-1)?.version === NEW);
      const before = await facts();
      await killAndStart();
      await eventually('all are up again', () => ['n1', 'n2'].every((nodeId) => told(nodeId).at(-1) === 'up by crash'));
      const after = await facts();
      const { active, partitions, instanceId, epoch } = before;
      expect(after).toMatchObject({ active, partitions, instanceId, epoch, layers: { software: NEW } });
      expect(after.bootId).not.toBe(before.bootId);

      expect(told('n1')).toEqual(['up by start', 'down by token', 'up by token', 'down by crash', 'up by crash']);
      expect(told('n2')).toEqual(['up by start', 'down by crash', 'up by crash']);
      const lines = truth('n1');
      expect(lines[1]).toMatchObject({ epoch: FIRST_EPOCH, version: OLD, active: 'A' });
      expect(lines.at(-1)).toMatchObject({ version: NEW, active: 'B', digests: { B: ARTIFACT.sha256 } });
      expect(new Set(lines.map(({ pid }) => pid)).size).toBe(2);
      const times = lines.map(({ monotonicMs }) => monotonicMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
    WITHIN_MS,
  );

  it(
    'repeats what it did under the token, and does not do it again',
    async () => {
      await stageAndGoOver();
      await eventually('it runs the new version', () => truth('n1').at(-1)?.version === NEW);
      await killAndStart();
      await eventually('it is up again', () => told('n1').at(-1) === 'up by crash');
      const { bootId } = await facts();
      await stageAndGoOver();
      expect((await facts()).bootId).toBe(bootId);
      expect(told('n1').filter((line) => line === 'down by token')).toHaveLength(1);
    },
    WITHIN_MS,
  );
});

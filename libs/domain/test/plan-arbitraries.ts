import type { HaRow, Request, Strategy, WaveRule, Workload } from '@baton/contracts';
import fc from 'fast-check';
import type { Seen } from './plan-fixtures.js';

const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 2 });

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

const labels = fc
  .record({
    role: maybe(fc.constantFrom('lead', 'edge')),
    lane: maybe(fc.constantFrom('1', '2')),
    pair: maybe(fc.constantFrom('p', 'q')),
    quorum: maybe(fc.constantFrom('s', 't')),
    group: maybe(fc.constantFrom('x', 'y')),
  })
  .map((some) => defined(some) as Readonly<Record<string, string>>);

const HA_OF: Readonly<Record<string, string>> = { w1: 'spread', w2: 'single', w3: 'spread' };
const serves = fc
  .uniqueArray(fc.constantFrom('w1', 'w2', 'w3', 'w4', 'w5', 'w6'), { maxLength: 3 })
  .map((names) => names.map((name): Workload => defined({ name, ha: HA_OF[name] })));

const node = fc.record<Seen>({
  labels,
  serves: fc.oneof({ weight: 2, arbitrary: serves }, { weight: 1, arbitrary: fc.constant([]) }),
  version: fc.oneof({ weight: 6, arbitrary: fc.constant('1.0.0') }, { weight: 1, arbitrary: fc.constant('1.1.0') }),
});

/** Clusters of up to so many nodes, with labels and workloads at random. */
export const clusters = (nodesMax: number): fc.Arbitrary<Readonly<Record<string, Seen>>> =>
  fc
    .array(node, { minLength: 1, maxLength: nodesMax })
    .map((nodes) => Object.fromEntries(nodes.map((one, index) => [`n${index + 1}`, one])));

export const tables: fc.Arbitrary<readonly HaRow[]> = fc.array(
  fc
    .record({
      from: maybe(fc.constantFrom('1.0', '1.1')),
      ha: maybe(fc.constantFrom('spread', 'single')),
      nodes: maybe(fc.constant(2)),
      disrupted: fc.boolean(),
      judged: maybe(fc.constantFrom<NonNullable<HaRow['judged']>[]>('workload', 'group')),
      since: fc.constant('2026-01-01'),
    })
    .map((row): HaRow => defined(row)),
  { maxLength: 3 },
);

const wave = (name: string, isLast: boolean): fc.Arbitrary<WaveRule> =>
  fc
    .record({
      name: fc.constant(name),
      select: isLast ? fc.constant(undefined) : fc.constantFrom({ role: 'lead' }, { role: 'edge' }),
      lanes: fc.constantFrom<WaveRule['lanes'][]>(
        'one',
        'per-node',
        { label: 'lane' },
        { label: 'group' },
        { label: 'pair' },
      ),
      lanesAtOnce: maybe(fc.integer({ min: 1, max: 3 })),
      order: maybe(fc.constantFrom<NonNullable<WaveRule['order']>[]>('id', { label: 'lane' })),
      canary: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined, freq: 1 }),
      together: fc.option(fc.constant(true), { nil: undefined, freq: 1 }),
    })
    .map((rule): WaveRule => defined(rule));

export const waves: fc.Arbitrary<Strategy['waves']> = fc.oneof(
  fc.tuple(wave('all', true)),
  fc.tuple(wave('first', false), wave('rest', true)),
);

export const acknowledgements: fc.Arbitrary<NonNullable<Request['acknowledge']>> = fc.subarray(['pairs', 'quorum']);

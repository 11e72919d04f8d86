import type { Acknowledgement, HaRow, Strategy, WaveRule } from '@baton/contracts';
import fc from 'fast-check';
import { burdened, movedTwice, waysOf } from '../../test/every-way.js';
import { acknowledgements, clusters, tables, waves } from '../../test/plan-arbitraries.js';
import { planOf, type Seen } from '../../test/plan-fixtures.js';
import type { MadePlan } from './make-plan.js';
import { compareIds } from './node-order.js';
import { waveRule } from './wave-rules.js';

/** `PLAN_SEED=<seed>` in front of the run repeats it; the title of each test names the seed that it went by. */
const seed = Number(process.env['PLAN_SEED'] ?? Date.now() % 2 ** 31);
const runs = { seed, numRuns: 400 };

type Cluster = Readonly<Record<string, Seen>>;

interface Drawn {
  readonly cluster: Cluster;
  readonly rules: Strategy['waves'];
  readonly rows: readonly HaRow[];
  readonly acknowledge: readonly Acknowledgement[];
}

const drawn = (nodesMax: number): fc.Arbitrary<Drawn> =>
  fc.record({ cluster: clusters(nodesMax), rules: waves, rows: tables, acknowledge: acknowledgements });

const make = ({ cluster, rules, rows, acknowledge }: Drawn): MadePlan =>
  planOf(cluster, rules, { ha: { rules: rows }, acknowledge }, { ha: 'rules' });

const labelOf = (cluster: Cluster, nodeId: string, label: string): string | undefined =>
  cluster[nodeId]?.labels?.[label];

const goes = ({ version }: Seen): boolean => version !== '1.1.0';

/** The waves of a plan with the rule of each and its lanes. */
const wavesIn = (made: MadePlan, rules: Strategy['waves']) =>
  made.summary.waves.map(({ wave, name }) => ({
    ...{ wave, name, lanes: made.lanes.filter((lane) => lane.wave === wave) },
    rule: waveRule({ waves: rules }, name) ?? ({ name, lanes: 'one' } satisfies WaveRule),
  }));

/** How many lanes hold how many nodes that have the same value of a label. */
const lanesBy = (cluster: Cluster, lanes: MadePlan['lanes'], label: string): ReadonlyMap<string, number> => {
  const values = Object.keys(cluster).flatMap((nodeId) => labelOf(cluster, nodeId, label) ?? []);
  const holds = (nodes: readonly string[], value: string) => nodes.some((id) => labelOf(cluster, id, label) === value);
  return new Map(values.map((value) => [value, lanes.filter(({ nodes }) => holds(nodes, value)).length]));
};

describe(`any plan of any strategy (seed ${seed})`, () => {
  it('has every node that goes once, in the wave that takes it, in the order that the rule names', () => {
    fc.assert(
      fc.property(drawn(8), (of) => {
        const made = make(of);
        const going = Object.keys(of.cluster).filter((nodeId) => goes(of.cluster[nodeId] ?? {}));
        expect(made.lanes.flatMap(({ nodes }) => nodes).toSorted()).toEqual(going.toSorted());
        for (const { name, rule, lanes } of wavesIn(made, of.rules)) {
          const nodes = lanes.flatMap((lane) => lane.nodes);
          const taker = (nodeId: string) =>
            of.rules.find(({ select = {} }) =>
              Object.entries(select).every(([label, value]) => labelOf(of.cluster, nodeId, label) === value),
            )?.name;
          for (const nodeId of nodes) expect([taker(nodeId), `${taker(nodeId)}-canary`]).toContain(name);
          const places = lanes.map((lane) => (rule.order === 'id' ? lane.nodes : []));
          for (const place of places) expect(place).toEqual(place.toSorted(compareIds));
          if (name.endsWith('-canary')) expect(lanes).toHaveLength(1);
        }
      }),
      runs,
    );
  });

  it('leaves nodes that the rule wants in one lane in one lane, whatever becomes one besides', () => {
    fc.assert(
      fc.property(drawn(8), (of) => {
        for (const { rule, lanes } of wavesIn(make(of), of.rules)) {
          const keyOf = (nodeId: string): string => {
            if (rule.lanes === 'one') return '';
            const isLifted = rule.together === true || of.acknowledge.includes('pairs');
            if (typeof rule.lanes === 'object' && rule.lanes.label === 'pair' && isLifted) {
              return labelOf(of.cluster, nodeId, 'pair') === undefined ? '-' : nodeId;
            }
            return rule.lanes === 'per-node' ? nodeId : (labelOf(of.cluster, nodeId, rule.lanes.label) ?? '-');
          };
          const found = lanes.map(({ nodes }) => new Set(nodes.map(keyOf)));
          const keys = found.flatMap((some) => [...some]);
          expect(keys).toHaveLength(new Set(keys).size);
        }
      }),
      runs,
    );
  });

  it('has no pair in two lanes of a wave, and most of no quorum set, unless it is acknowledged or said plainly (X-25)', () => {
    fc.assert(
      fc.property(drawn(8), (of) => {
        const made = make(of);
        for (const { name, rule, lanes } of wavesIn(made, of.rules)) {
          const sizes = (value: string) =>
            Object.keys(of.cluster).filter((id) => labelOf(of.cluster, id, 'quorum') === value).length;
          const isLifted = (what: Acknowledgement) => rule.together === true || of.acknowledge.includes(what);
          const pairs = [...lanesBy(of.cluster, lanes, 'pair').values()];
          if (!isLifted('pairs')) expect(Math.max(0, ...pairs)).toBeLessThan(2);
          // Whoever acknowledges both has it, also where lanes are by that label.
          const isApart = rule.lanes === 'per-node' || (typeof rule.lanes === 'object' && rule.lanes.label === 'pair');
          const own = lanes.flatMap(({ nodes }) => nodes).filter((id) => labelOf(of.cluster, id, 'pair') !== undefined);
          if (isApart && isLifted('pairs') && isLifted('quorum')) {
            expect(lanes.filter(({ nodes }) => nodes.some((id) => own.includes(id)))).toHaveLength(own.length);
          }
          for (const [value, many] of lanesBy(of.cluster, lanes, 'quorum')) {
            if (isLifted('quorum') || many < 2) continue;
            expect(many * 2).toBeLessThan(sizes(value));
          }
          const together = Math.min(rule.lanesAtOnce ?? Infinity, Math.max(0, ...pairs));
          const said = made.summary.statements?.some((one) => one.startsWith('Pair ')) ?? false;
          if (together > 1 && !name.endsWith('-canary')) expect(said).toBe(true);
        }
      }),
      runs,
    );
  });

  it('calls a workload disrupted that may be down on all of its nodes, and without a table no other', () => {
    fc.assert(
      fc.property(drawn(8), (of) => {
        const bare = make({ ...of, rows: [] });
        const judged = make(of);
        for (const [index, { nodeId, workload, disrupted }] of bare.disruption.entries()) {
          const places = Object.entries(of.cluster).flatMap(([id, { serves = [] }]) =>
            serves.some((one) => (typeof one === 'string' ? one : one.name) === workload) ? [id] : [],
          );
          const own = wavesIn(bare, of.rules).find(({ lanes }) => lanes.some(({ nodes }) => nodes.includes(nodeId)));
          const lanes = own?.lanes.filter(({ nodes }) => nodes.some((id) => places.includes(id))).length ?? 0;
          const isAllDown = Math.min(lanes, own?.rule.lanesAtOnce ?? Infinity) >= places.length;
          expect(disrupted).toBe(isAllDown);
          if (isAllDown && places.length > 1) expect(judged.disruption[index]?.disrupted).toBe(true);
        }
      }),
      runs,
    );
  });
});

/** Waves that may go in any order, and have no canary: who these are is settled before the order. */
const free = (rules: Strategy['waves']): Strategy['waves'] =>
  rules.map(({ order: _order, canary: _canary, ...rule }) => rule);

/** The waves of a plan, each with those who are over or stay when it begins, and what might move twice in it. */
const inTurn = (of: Drawn, made: MadePlan) => {
  const over = Object.keys(of.cluster).filter((nodeId) => !goes(of.cluster[nodeId] ?? {}));
  return wavesIn(made, of.rules).map(({ rule, lanes }) => {
    const [before, own] = [[...over], lanes.flatMap(({ nodes }) => nodes)];
    const atOnce = rule.lanesAtOnce ?? Infinity;
    const order = lanes.map(({ nodes }) => nodes);
    over.push(...own);
    return { lanes, own, before, atOnce, ours: movedTwice(of.cluster, order, before, atOnce) };
  });
};

describe(`workloads that are on one node only (seed ${seed})`, () => {
  it('are said to move twice exactly when they might, in whatever order lanes take their turns', () => {
    fc.assert(
      fc.property(drawn(6), (of) => {
        const made = make(of);
        for (const { ours, own } of inTurn(of, made)) {
          const said = made.disruption.filter(({ moves }) => moves === 2).map(({ nodeId }) => nodeId);
          expect(new Set(said.filter((nodeId) => own.includes(nodeId)))).toEqual(ours);
        }
      }),
      runs,
    );
  });

  it('move once where the strategy names no order and one exists in which they do', () => {
    let [once, twice] = [0, 0];
    fc.assert(
      fc.property(drawn(5), (any) => {
        const of = { ...any, rules: free(any.rules) };
        for (const { lanes, before, atOnce, ours } of inTurn(of, make(of))) {
          const isOnce = (way: readonly (readonly string[])[]) =>
            movedTwice(of.cluster, way, before, atOnce).size === 0;
          expect(ours.size === 0).toBe(ours.size === 0 || waysOf({ lanes }).some(isOnce));
          once += Number(
            ours.size === 0 && lanes.some(({ nodes }) => nodes.some((id) => burdened(of.cluster).has(id))),
          );
          twice += Number(ours.size > 0);
        }
      }),
      runs,
    );
    expect(Math.min(once, twice)).toBeGreaterThan(0);
  });
});

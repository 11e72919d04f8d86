import type { WaveRule } from '@baton/contracts';
import { lanesIn, planOf, type Seen } from '../../test/plan-fixtures.js';

const of = (group: string, ...serves: readonly string[]): Seen => ({ labels: { group }, serves });
const twice = (...args: Parameters<typeof planOf>) =>
  planOf(...args)
    .disruption.filter(({ moves }) => moves === 2)
    .map(({ workload, nodeId }) => `${workload} of ${nodeId}`);
const one: WaveRule = { name: 'all', lanes: 'one' };
const serial: WaveRule = { name: 'all', lanes: 'per-node', lanesAtOnce: 1 };

describe('the order of nodes and lanes, where the strategy names none', () => {
  const engines = { n1: of('x', 'a', 'b'), n2: of('x', 'c'), n3: of('x') };

  it('begins with the node that has the least to move, so that what the others have lands on it', () => {
    expect(lanesIn(planOf(engines, [one]))).toEqual(['1 all: n3 n2 n1']);
    expect(lanesIn(planOf(engines, [serial]))).toEqual(['1 n3: n3', '1 n1: n1', '1 n2: n2']);
    expect([twice(engines, [one]), twice(engines, [serial])]).toEqual([[], []]);
  });

  it('takes a lane before those that wait for a node of their group to be over', () => {
    const seen = { n1: of('x'), n2: of('y', 'a'), n3: of('y') };
    const lane = (nodeId: string) => ({ label: nodeId });
    const grouped = Object.fromEntries(
      Object.entries(seen).map(([id, node]) => [
        id,
        { ...node, labels: { ...node.labels, l: id === 'n3' ? '2' : '1' } },
      ]),
    );
    expect(lanesIn(planOf(grouped, [{ name: 'all', lanes: lane('l'), lanesAtOnce: 1 }]))).toEqual([
      '1 2: n3',
      '1 1: n1 n2',
    ]);
  });

  it('counts on a node to be over only where so many lanes are done by then, and on all that do not go', () => {
    const both: WaveRule = { ...serial, lanesAtOnce: 2 };
    expect(twice(engines, [both])).toEqual(['c of n2']);
    expect(twice({ ...engines, n4: { ...of('x'), version: '1.1.0' } }, [both])).toEqual([]);
    expect(twice({ n1: of('x', 'a'), n2: of('y') }, [serial])).toEqual(['a of n1']);
  });

  it('is by id without workloads, and as the strategy says where it says so', () => {
    expect(lanesIn(planOf(engines, [{ ...one, order: 'id' }]))).toEqual(['1 all: n1 n2 n3']);
    expect(twice(engines, [{ ...one, order: 'id' }])).toEqual(['a of n1', 'b of n1']);
    expect(lanesIn(planOf({ n1: {}, n2: {} }, [one]))).toEqual(['1 all: n1 n2']);
  });

  it('is no part of what a plan is approved for: workloads move meanwhile', () => {
    const moved = { ...engines, n1: of('x'), n3: of('x', 'a', 'b') };
    expect(lanesIn(planOf(moved, [one]))).not.toEqual(lanesIn(planOf(engines, [one])));
    expect(planOf(moved, [one]).digestText).toBe(planOf(engines, [one]).digestText);
    const lost = { ...engines, n3: of('x', 'd') };
    expect(planOf(lost, [one]).digestText).not.toBe(planOf(engines, [one]).digestText);
  });
});

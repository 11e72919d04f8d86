import type { Request, WaveRule } from '@baton/contracts';
import { lanesIn, planOf, type Seen } from '../../test/plan-fixtures.js';

const pair = (name: string): Seen => ({ labels: { pair: name } });
const gateways = { g1: pair('a'), g2: pair('b'), g3: pair('a'), g4: pair('b'), g5: {} };
const perNode: WaveRule = { name: 'gateways', lanes: 'per-node' };
const statements = (...of: Parameters<typeof planOf>): string => planOf(...of).summary.statements?.join('\n') ?? '';

describe('both nodes of a pair', () => {
  it('are in one lane, so that they are never down together, whatever lanes the strategy asks for (X-25)', () => {
    expect(lanesIn(planOf(gateways, [perNode]))).toEqual(['1 g1: g1 g3', '1 g2: g2 g4', '1 g5: g5']);
    expect(statements(gateways, [perNode])).toBe('');
    const grouped = { n1: { labels: { pair: 'a', lane: 'x' } }, n2: { labels: { pair: 'a', lane: 'y' } }, n3: {} };
    expect(lanesIn(planOf(grouped, [{ name: 'all', lanes: { label: 'lane' } }]))).toEqual(['1 main: n3', '1 x: n1 n2']);
  });

  it('go at once when somebody acknowledges it, and the plan says so plainly (X-25)', () => {
    const acknowledge: Request['acknowledge'] = ['pairs'];
    expect(lanesIn(planOf(gateways, [perNode], { acknowledge }))).toHaveLength(5);
    expect(statements(gateways, [perNode], { acknowledge })).toBe(
      'Pair a: g1, g3 go at once, and neither takes over for the other: it was acknowledged.\n' +
        'Pair b: g2, g4 go at once, and neither takes over for the other: it was acknowledged.',
    );
    expect(statements(gateways, [{ ...perNode, lanesAtOnce: 1 }], { acknowledge })).toBe('');
  });
});

describe('a quorum set', () => {
  const five = Object.fromEntries(['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => [id, { labels: { quorum: 'q' } }]));

  it('loses a minority at a time', () => {
    expect(lanesIn(planOf(five, [perNode]))).toEqual(['1 n1: n1 n3 n5', '1 n2: n2 n4']);
    const some = { ...five, n4: { labels: { quorum: 'q' }, version: '1.1.0' } };
    expect(lanesIn(planOf(some, [perNode]))).toEqual(['1 n1: n1 n3', '1 n2: n2 n5']);
    expect(lanesIn(planOf({ n1: five['n1'] ?? {}, n2: five['n2'] ?? {} }, [perNode]))).toEqual(['1 n1: n1 n2']);
  });

  it('is named when it is too small to lose anybody', () => {
    expect(statements({ n1: five['n1'] ?? {} }, [perNode])).toBe(
      'Quorum set q has 1 of the 3 nodes that it takes to go on while one is down.',
    );
  });

  it('goes all at once where the strategy says so plainly, or somebody acknowledges it; the plan says which (V-21)', () => {
    const together: WaveRule = { ...perNode, together: true, gates: [{ gate: 'reform', timeoutMs: 1000 }] };
    expect(lanesIn(planOf(five, [together]))).toHaveLength(5);
    expect(statements(five, [together])).toBe(
      'Quorum set q: up to 5 of its 5 nodes are down at once: wave gateways says so.',
    );
    expect(statements(five, [perNode], { acknowledge: ['quorum'] })).toContain('it was acknowledged');
  });
});

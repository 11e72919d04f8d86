import type { Strategy, WaveRule } from '@baton/contracts';
import { member, strategy } from '../../test/precheck-fixtures.js';
import { hopCost } from './hop-cost.js';

const nodes = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((id) => member(id, { labels: { lane: id.charAt(0) } }));
const BASE = 180_000;
const TURN = 110_000;
const cost = (...waves: readonly WaveRule[]) => hopCost(strategy({ waves }), nodes);

describe('the cost of a hop', () => {
  it('is made of the turns that come one after the other, each as long as it may be (Q-19)', () => {
    expect(cost({ name: 'all', lanes: 'one' })).toEqual({ turns: 6, down: 1, expectedMs: BASE + 6 * TURN });
    expect(cost({ name: 'all', lanes: { label: 'lane' } })).toEqual({ turns: 3, down: 3, expectedMs: BASE + 3 * TURN });
    expect(cost({ name: 'all', lanes: 'per-node' })).toEqual({ turns: 1, down: 6, expectedMs: BASE + TURN });
    expect(hopCost(strategy(), [])).toEqual({ turns: 0, down: 0, expectedMs: BASE });
  });

  it('says whose clients are interrupted: by one node those that stick to it, by all at once all others too (Q-08)', () => {
    const interrupts = { sticky: ['SMB'], retrying: ['NFS'] };
    const of = (lanes: WaveRule['lanes'], over: Partial<Strategy> = { interrupts }) =>
      hopCost(strategy({ waves: [{ name: 'all', lanes }], ...over }), nodes).interrupts;
    expect(of('one', { interrupts: {} })).toEqual([]);
    expect(of('one')).toEqual(['SMB']);
    expect(of({ label: 'lane' })).toEqual(['SMB']);
    expect(of('per-node')).toEqual(['SMB', 'NFS']);
    expect(of('one', {})).toBeUndefined();
  });

  it('counts waves one after the other, what opens later in a wave, and the time to soak (Q-19)', () => {
    const first: WaveRule = { name: 'first', select: { lane: 'a' }, lanes: 'one', soakMs: 5000 };
    const rest: WaveRule = { name: 'rest', lanes: 'per-node', lanesAtOnce: 2 };
    expect(cost(first, rest)).toEqual({ turns: 3 + 2, down: 2, expectedMs: BASE + 5 * TURN + 5000 });
  });
});

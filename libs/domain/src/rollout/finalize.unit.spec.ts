import type { Answer } from '@baton/contracts';
import { UPGRADE, intended } from '../../test/precheck-fixtures.js';
import { advance, inLane, onWaves, planned, rollout, staged } from '../../test/wave-fixtures.js';

const red = inLane('red');
const completed = [
  ...planned({ red: ['r1', 'r2', 'r3'] }),
  ...[staged(), onWaves('RolloutStarted', { waves: 1 })],
  onWaves('WaveStarted', { wave: 1, direction: 'forward', lanes: ['red'] }),
  ...[red.opened('r1', 'r2', 'r3'), red.returned('r1', 3_000_001), red.returned('r2', 3_000_002)],
  ...[red.skipped('r3', 3_000_003, '1.0.0'), red.closed(), onWaves('WaveCompleted', { wave: 1, direction: 'forward' })],
  onWaves('RolloutCompleted', { skipped: ['r3'] }),
];
const asked = [...completed, intended('FinalizeRequested')];
const evicted = intended('EvictRequested', { nodeId: 'r2', confirmedDown: true });
const answer = (nodeId: string, epoch: number, over: Partial<Answer> = {}) => ({
  ...{ clusterId: 'demo', nodeId, verb: 'finalize' as const, stage: 'rollout' as const, upgradeId: UPGRADE },
  ...{ upgradeNo: 3, instance: UPGRADE, attempt: 1, epoch, status: 'done' as const, bootId: 'b', runId: 'r' },
  ...over,
});
const answered = (of: ReturnType<typeof rollout>, one: Answer) =>
  of.when({ type: 'NodeAnswered', answer: one, now: 1 });

describe('finalizing', () => {
  it('is asked of nobody before somebody wants it', () => {
    expect(rollout(completed).outstanding()).toEqual([]);
    expect(advance(rollout(completed))).toEqual([]);
    expect(answered(rollout(completed), answer('r1', 3_000_001))).toEqual({ events: [] });
  });

  it('is asked of every upgraded node, with the epoch of its token', () => {
    expect(rollout(asked).outstanding()).toMatchObject([
      { nodeId: 'r1', verb: 'finalize', epoch: 3_000_001, instance: UPGRADE },
      { nodeId: 'r2', verb: 'finalize', epoch: 3_000_002 },
    ]);
    expect(rollout(asked, evicted).outstanding()).toMatchObject([{ nodeId: 'r1' }]);
  });

  it('is over when all have done it', () => {
    expect(answered(rollout(asked), answer('r1', 3_000_001))).toEqual({
      events: [{ type: 'NodeFinalized', data: { nodeId: 'r1' } }],
    });
    const one = rollout(asked, onWaves('NodeFinalized', { nodeId: 'r1' }));
    expect(one.outstanding()).toMatchObject([{ nodeId: 'r2' }]);
    expect(answered(one, answer('r2', 3_000_002))).toEqual({
      events: [
        { type: 'NodeFinalized', data: { nodeId: 'r2' } },
        { type: 'RolloutFinalized', data: { left: [] } },
      ],
    });
  });

  it('leaves nodes that are gone', () => {
    const one = rollout(asked, onWaves('NodeFinalized', { nodeId: 'r1' }), evicted);
    expect(advance(one)).toEqual([{ type: 'RolloutFinalized', data: { left: ['r2'] } }]);
  });

  it.each([
    ['failed', { status: 'failed' }],
    ['of another epoch', { epoch: 2_000_001 }],
    ['to something else', { verb: 'inspect' }],
    ['of a node that was not asked', { nodeId: 'r3' }],
  ] as const)('INV-15 takes no answer that is %s', (_what, over) => {
    expect(answered(rollout(asked), answer('r1', 3_000_001, over))).toEqual({ events: [] });
  });

  it('INV-24 takes an answer once', () => {
    const one = rollout(asked, onWaves('NodeFinalized', { nodeId: 'r1' }));
    expect(answered(one, answer('r1', 3_000_001))).toEqual({ events: [] });
  });
});

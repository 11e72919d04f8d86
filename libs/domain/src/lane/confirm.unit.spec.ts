import { noIntent } from '../upgrade/intent.js';
import { noLaneContext, type LaneContext } from './scene.js';
import type { LaneState, Step } from './state.js';
import { confirmHolder } from './confirm.js';

const ask = { clusterId: 'demo', nodeId: 'n1', upgradeId: 'u1', instance: 'u1_main', epoch: 1_000_001 };
const life = { bootId: 'b1', runId: 'r1' };

const held = (step: Step, nodeId = 'n1', epoch = 1_000_001): LaneState => ({
  status: 'held',
  course: {
    lane: 'main',
    wave: 1,
    direction: 'forward',
    nodes: ['n1', 'n2'],
    witnesses: [],
    ended: new Map(),
    grants: 1,
    attempts: new Map(),
    cameFrom: new Map(),
  },
  holder: { nodeId, epoch, attempt: 1, direction: 'forward', step },
});

const drained = held({ name: 'drained', at: 0, before: life });
const evicted = (confirmedDown: boolean): LaneContext => ({
  ...noLaneContext,
  intent: { ...noIntent, evicted: { n1: { position: 9, confirmedDown } } },
});

describe('the last question before a node goes down', () => {
  it('INV-13: confirms the holder of the token that was drained and is to go down now', () => {
    expect(confirmHolder(drained, noLaneContext, ask)).toEqual({ confirmed: true });
  });

  it.each<[string, LaneState]>([
    ['another node has the token', held({ name: 'drained', at: 0, before: life }, 'n2', 1_000_002)],
    ['the node has a later epoch', held({ name: 'drained', at: 0, before: life }, 'n1', 1_000_002)],
    ['it is not drained yet', held({ name: 'granted', at: 0 })],
    ['it is back already', held({ name: 'booted', at: 0, before: life, life: { bootId: 'b2', runId: 'r2' } })],
    ['no lane was opened', { status: 'unopened' }],
  ])('INV-13, INV-15: refuses when %s, and says why', (_when, state) => {
    expect(confirmHolder(state, noLaneContext, ask)).toEqual({
      confirmed: false,
      reason: expect.any(String) as string,
    });
  });

  it('INV-13: refuses a holder that an operator confirmed to be down, before the lane has recorded that', () => {
    expect(confirmHolder(drained, evicted(true), ask)).toEqual({
      confirmed: false,
      reason: expect.any(String) as string,
    });
    expect(confirmHolder(drained, evicted(false), ask)).toEqual({ confirmed: true });
  });
});

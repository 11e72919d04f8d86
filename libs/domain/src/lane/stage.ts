import type { Ask, LaneEvent, RolloutStalled, StageCommand } from '@baton/contracts';
import { upgradeOf, type Event, type Recorded, type Stage } from '@baton/kernel';
import { decideLane } from './decide.js';
import { windowDue } from './grant.js';
import { askHolder, askStalled } from './outstanding.js';
import { noLaneContext, observeLane, type LaneContext } from './scene.js';
import { dueOf } from './silence.js';
import { evolveLane, unopened, type LaneState } from './state.js';

/**
 * Categories whose stream an append of a lane is guarded on. Only a grant depends on what other lanes came to: all else
 * goes on beside them, and a thousand that stall at once are not in each other's way.
 */
export const laneGuards = (events: readonly Event[]): readonly string[] =>
  events.some(({ type }) => type === 'TokenGranted') ? ['upgrade', 'rollout'] : ['upgrade'];

/** The lane: one token, which goes from node to node on evidence only. An instance is `<u>_<lane>`. */
export const laneStage: Stage<LaneState, LaneContext, StageCommand, LaneEvent | RolloutStalled, Ask> = {
  category: 'lane',
  inputs: ['upgrade', 'rollout'],
  reads: (id) => ({ streams: [`lane-${id}`, `upgrade-${upgradeOf(id)}`, `rollout-${upgradeOf(id)}`] }),
  initial: unopened,
  initialContext: noLaneContext,
  evolve: (state, event) => evolveLane(state, event as Recorded & LaneEvent),
  observe: observeLane,
  decide: decideLane,
  react: () => [{ type: 'Advance' }],
  outstanding: (state, context) => {
    const { request } = context.intent;
    if (!request) return [];
    if (state.status === 'held') return askHolder({ ...context, state, request });
    return state.status === 'stalled' ? askStalled({ ...context, state, request }) : [];
  },
  due: (state, context) => {
    const { request } = context.intent;
    if (!request) return [];
    if (state.status === 'free') return windowDue({ ...context, state, request });
    return state.status === 'held' ? dueOf({ state, request }) : [];
  },
  // A lane whose turn never came is not opened any more.
  ended: (state, { intent }) =>
    (state.status === 'closed' || state.status === 'unopened') && intent.ended !== undefined,
};

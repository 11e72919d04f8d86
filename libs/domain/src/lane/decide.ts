import type { LaneEvent, RolloutStalled, StageCommand } from '@baton/contracts';
import { assertNever, nothing, type Decision, type Timed } from '@baton/kernel';
import { giveBack, leaveOut, passOn } from './grant.js';
import { evictAcknowledged, evictConfirmed, skipOnSight } from './leave.js';
import { concerns, type LaneContext, type Recording, type Scene } from './scene.js';
import { firstOf, settle } from './settle.js';
import { deadlinePassed, nodeSilent } from './silence.js';
import { evolveLane, type LaneState } from './state.js';
import { spreadStall } from './stall.js';
import { takeAnswer } from './steps.js';
import { turnBackEarly, unblock } from './unblock.js';

/** The token's rules: what the command says of the holder, then all that follows from it, as one decision. */
export const decideLane = (
  command: StageCommand & Timed,
  state: LaneState,
  context: LaneContext,
): Decision<LaneEvent | RolloutStalled> => {
  const { request } = context.intent;
  if (!request) return nothing;
  const scene = <S extends LaneState>(now: S): Scene<S> => ({ ...context, state: now, request, now: command.now });
  const events = settle(state, told(command, state, scene), (now) => follows(now, scene), evolved);
  return { events: [...events, ...spreadStall(scene(events.reduce(evolved, state)), events)] };
};

/** Nothing asked for so far can be about an event that is only being decided. */
const evolved = (state: LaneState, event: LaneEvent): LaneState => evolveLane(state, { ...event, position: Infinity });

type MakeScene = <S extends LaneState>(state: S) => Scene<S>;

/** What the command itself says. */
const told = (command: StageCommand, state: LaneState, scene: MakeScene): Recording => {
  if (state.status !== 'held' && state.status !== 'stalled') return [];
  switch (command.type) {
    case 'Advance':
      return [];
    case 'NodeAnswered': {
      const { answer } = command;
      // INV-15: an answer to an earlier turn changes nothing.
      if (!concerns(scene(state), answer)) return [];
      const left = evictAcknowledged(scene(state), answer);
      if (left.length > 0) return left;
      return state.status === 'held' ? takeAnswer(scene(state), answer) : skipOnSight(scene(state), answer);
    }
    case 'NodeSilent':
      return state.status === 'held' ? nodeSilent(scene(state), command.nodeId, command.forMs) : [];
    case 'DeadlinePassed':
      return state.status === 'held' ? deadlinePassed(scene(state), command.key) : [];
    default:
      return assertNever(command);
  }
};

/** What follows from what is on record; the first rule that has something to say. */
const follows = (state: LaneState, scene: MakeScene): Recording => {
  switch (state.status) {
    case 'unopened':
    case 'opening':
    case 'closed':
      return [];
    case 'free':
      return firstOf(leaveOut, passOn)(scene(state));
    case 'held':
      return firstOf(giveBack, evictConfirmed, turnBackEarly, leaveOut)(scene(state));
    case 'stalled':
      return firstOf(evictConfirmed, unblock, leaveOut)(scene(state));
    default:
      return assertNever(state);
  }
};

import type { LaneOpened, RolloutEvent, StageCommand } from '@baton/contracts';
import { assertNever, nothing, type Decision, type Timed } from '@baton/kernel';
import { firstOf, settle } from '../lane/settle.js';
import { abort, start, turnBack } from './begin-and-end.js';
import { finalize, takeFinalized } from './finalize.js';
import { endStalls, pause } from './hold.js';
import { reopenLanes } from './reopen.js';
import type { Recording, RolloutContext, Scene } from './scene.js';
import { evolveRollout, type RolloutState } from './state.js';
import { completeWave, gateMissed, resumeWave, stallWave, takeFormed } from './settle-wave.js';
import { continueWave, nextWave } from './waves.js';

/** The waves' rules: a wave waits for its lanes as long as it takes; only its gates have deadlines. */
export const decideRollout = (
  command: StageCommand & Timed,
  state: RolloutState,
  context: RolloutContext,
): Decision<RolloutEvent | LaneOpened> => {
  const { request } = context.intent;
  // A dry run is only checked; see the precheck stage.
  if (!request || request.dryRun) return nothing;
  const scene: MakeScene = (now) => ({ ...context, state: now, request, now: command.now });
  return { events: settle(state, told(command, state, scene), (now) => follows(now, scene), evolved) };
};

/** What the command itself says. */
const told = (command: StageCommand, state: RolloutState, scene: MakeScene): Recording => {
  if (command.type === 'DeadlinePassed') return state.status === 'rolling' ? gateMissed(scene(state), command.key) : [];
  if (command.type !== 'NodeAnswered') return [];
  if (state.status === 'rolling') return takeFormed(scene(state), command.answer);
  return state.status === 'completed' ? takeFinalized(scene(state), command.answer) : [];
};

type MakeScene = <S extends RolloutState>(state: S) => Scene<S>;

/** What is opened is on the lane's own stream. */
const evolved = (state: RolloutState, event: RolloutEvent | LaneOpened): RolloutState =>
  event.type === 'LaneOpened' ? state : evolveRollout(state, { ...event, position: Infinity });

const WHILE_ROLLING = [
  ...[endStalls, pause, reopenLanes, resumeWave, stallWave, continueWave],
  ...[completeWave, abort, turnBack, nextWave],
];

/** What follows from what is on record; the first rule that has something to say. */
const follows = (state: RolloutState, scene: MakeScene): Recording => {
  switch (state.status) {
    case 'waiting':
      return firstOf(abort, turnBack, start)(scene(state));
    case 'rolling':
      return firstOf(...WHILE_ROLLING)(scene(state));
    case 'completed':
      return firstOf(turnBack, finalize)(scene(state));
    case 'rolled-back':
    case 'aborted':
    case 'finalized':
      return [];
    default:
      return assertNever(state);
  }
};

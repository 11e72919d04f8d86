import type { StageCommand } from '@baton/contracts';
import { assertNever, type Due } from '@baton/kernel';
import { deadlineOf, isPast } from './deadlines.js';
import { isBackAtWork } from './grant.js';
import type { OnRecord, Recording, Scene } from './scene.js';
import { stall } from './stall.js';
import type { Held } from './state.js';

/** More than one unanswered question: a single one may be a message that got lost. */
const SILENCE_MS = 5_000;

/**
 * When to give the holder up as late. A node that is judged by its answers gets some time past the deadline, so that
 * its next answer can say what is wrong; only one that says nothing is late for good.
 */
export const dueOf = (scene: Pick<OnRecord<Held>, 'state' | 'request'>): readonly Due<StageCommand>[] => {
  const { step, epoch } = scene.state.holder;
  if (step.name === 'stable' && isBackAtWork(step, scene.request.strategy)) return [];
  const isJudged = step.name === 'activated' || step.name === 'booted';
  const at = deadlineOf(scene).at + (isJudged ? scene.request.strategy.timing.silentMs : 0);
  const key = `${step.name}/${epoch}/${step.at}`;
  return [{ key, at, command: { type: 'DeadlinePassed', key } }];
};

/** INV-16: a deadline stalls the lane and does nothing else. */
export const deadlinePassed = (scene: Scene<Held>, key: string): Recording => {
  const due = dueOf(scene).find((one) => one.key === key);
  return due && scene.now >= due.at ? late(scene) : [];
};

/** Silence before the deadline is no news: a node that reboots is silent. `forMs`: how long it has been. */
export const nodeSilent = (scene: Scene<Held>, nodeId: string, forMs: number): Recording => {
  const { step, nodeId: holder } = scene.state.holder;
  const isJudged = step.name === 'activated' || step.name === 'booted';
  return isJudged && nodeId === holder && forMs >= SILENCE_MS && isPast(scene) ? late(scene) : [];
};

const late = (scene: Scene<Held>): Recording => {
  const { nodeId, step, direction } = scene.state.holder;
  const { ms } = deadlineOf(scene);
  switch (step.name) {
    case 'granted':
      return [stall(scene, { reason: 'drain-late', evidence: `${nodeId} has not said that it is drained` }, ms)];
    case 'drained': {
      const verb = direction === 'back' ? 'revert' : 'activate';
      const evidence = `${nodeId} has not said that it carried out ${verb}`;
      return [stall(scene, { reason: 'activate-late', evidence }, ms)];
    }
    case 'activated': {
      const evidence = `${nodeId} gives no answer since it was to go down from boot ${step.leaves.bootId}`;
      return [stall(scene, { reason: 'boot-late', evidence }, ms)];
    }
    case 'booted': {
      const evidence = `${nodeId} came back with boot ${step.life.bootId} and gives no answer that shows it stable`;
      return [stall(scene, { reason: 'silent', evidence }, ms)];
    }
    case 'stable':
      return [
        stall(scene, { reason: 'undrain-late', evidence: `${nodeId} has not said that it serves as before` }, ms),
      ];
    default:
      return assertNever(step);
  }
};

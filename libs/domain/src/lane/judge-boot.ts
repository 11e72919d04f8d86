import type { Facts, HolderBooted } from '@baton/contracts';
import { deadlineOf, isPast } from './deadlines.js';
import type { Recording, Scene } from './scene.js';
import { stall, type Finding } from './stall.js';
import type { Held, StepAt } from './state.js';
import { hasOtherImage, hasReturned, isTarget, runningVersion, targetName, wantedImage } from './target.js';

/** What the holder's facts say after the order to go over: it is back, back on the wrong version, or still away. */
export const judgeBoot = (scene: Scene<Held>, step: StepAt<'activated'>, facts: Facts): Recording => {
  const version = runningVersion(scene, facts);
  const isBack = hasReturned(scene, step, facts);
  if (isBack && version !== undefined) {
    if (!isTarget(scene, version)) return [stall(scene, offTarget(scene, facts, version))];
    return [
      hasOtherImage(scene, facts) && !step.alreadyActive ? stall(scene, offImage(scene, facts)) : booted(scene, facts),
    ];
  }
  const { ms } = deadlineOf(scene);
  if (!isPast(scene)) return [];
  const seen = isBack ? `is back but does not report its ${scene.request.release.layer}` : `has not gone over`;
  const evidence = `${facts.nodeId} ${seen}: boot ${facts.bootId}, run ${facts.runId}, on ${version ?? 'nothing'}`;
  return [stall(scene, { reason: 'boot-late', evidence }, ms)];
};

export const booted = ({ state, now }: Scene<Held>, { bootId, runId, layers }: Facts): HolderBooted => {
  const { nodeId, epoch } = state.holder;
  return { type: 'HolderBooted', data: { nodeId, epoch, bootId, runId, layers, at: now } };
};

const offImage = (scene: Scene<Held>, { nodeId, layers }: Facts): Finding => {
  const seen = `${nodeId} came back on image ${layers.image ?? 'unknown'} in place of ${wantedImage(scene)}`;
  return { reason: 'wrong-version', evidence: seen };
};

/** The holder runs what it should not: either its boot loader gave up on the target, or nobody knows why. */
export const offTarget = (scene: Scene<Held>, { nodeId, fellBack }: Facts, version: string): Finding => {
  const where = `${nodeId} came back on ${version} in place of ${targetName(scene)}`;
  if (!fellBack) return { reason: 'wrong-version', evidence: where };
  const evidence = `${where}: ${fellBack.from} did not boot healthy in ${fellBack.tries} tries`;
  return { reason: 'fell-back', evidence };
};

import type { Activation, Facts } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import type { OnRecord, Scene } from './scene.js';
import { activationIn } from '../plan/wave-rules.js';
import type { Held, Life, Stalled, StepAt } from './state.js';

type WithHolder = Scene<Held | Stalled>;

/** What the node runs on the layer that is upgraded; undefined while that layer is not up. */
export const runningVersion = ({ request }: Pick<Scene, 'request'>, facts: Facts): string | undefined =>
  facts.layers[request.release.layer];

/** How the nodes of this lane go over. */
export const activationOf = ({ state: { course }, request }: OnRecord<Held | Stalled>): Activation =>
  activationIn(request, course.waveName);

/** Forward there is one right version. Back it is what the node ran before, and never what the upgrade brought. */
export const isTarget = ({ state: { course, holder }, request }: WithHolder, version: string): boolean => {
  if (holder.direction === 'forward') return version === request.to;
  const before = course.cameFrom.get(holder.nodeId)?.version;
  return version !== request.to && (before === undefined || version === before);
};

/** For people: where the holder is to get to. */
export const targetName = ({ state: { course, holder }, request }: WithHolder): string => {
  if (holder.direction === 'forward') return request.to;
  return course.cameFrom.get(holder.nodeId)?.version ?? `the version before ${request.to}`;
};

/** What the holder's new instance is to have, by the request's table of images; undefined: nothing is said of it. */
export const wantedImage = (scene: OnRecord<Held | Stalled>): string | undefined => {
  const { state, request } = scene;
  const { course, holder } = state;
  if (request.release.layer !== 'software' || activationOf(scene) !== 'replace') return undefined;
  const version = holder.direction === 'forward' ? request.to : course.cameFrom.get(holder.nodeId)?.version;
  return version === undefined ? undefined : request.images?.[version];
};

/** a node that was replaced came back with another image than goes with its software. */
export const hasOtherImage = (scene: WithHolder, facts: Facts): boolean => {
  const image = wantedImage(scene);
  return image !== undefined && facts.layers.image !== image;
};

/** The sign that the node went down by our doing and came back, which each way of activation leaves. */
export const wentOver = (activation: Activation, before: Life, now: Life): boolean => {
  switch (activation) {
    case 'restart':
      return now.runId !== before.runId && now.bootId === before.bootId;
    case 'reboot':
      return now.bootId !== before.bootId;
    case 'replace':
      return now.bootId !== before.bootId && now.instanceId !== before.instanceId;
    default:
      return assertNever(activation);
  }
};

/** The node has not gone down between the two: what was well then and is well now was well all the time. */
export const isSameLife = (activation: Activation, one: Life, other: Life): boolean =>
  one.bootId === other.bootId && (activation !== 'restart' || one.runId === other.runId);

/** It runs the target in a life after it was drained: it went over, whoever heard of it. */
export const hasGoneOver = (scene: WithHolder, before: Life, facts: Facts): boolean => {
  const version = runningVersion(scene, facts);
  const isThere = version !== undefined && isTarget(scene, version) && !hasOtherImage(scene, facts);
  return isThere && wentOver(activationOf(scene), before, facts);
};

/**
 * It came back from going down by our doing, wherever to. Off the target only a life after the one that activated shows
 * that: a node that rebooted by itself before may still be about to go down.
 */
export const hasReturned = (scene: WithHolder, step: StepAt<'activated'>, facts: Facts): boolean => {
  const activation = activationOf(scene);
  // A node that had nothing to change does not go down, so no new life is asked of it.
  if (step.alreadyActive || hasGoneOver(scene, step.before, facts)) return true;
  return wentOver(activation, step.before, facts) && !isSameLife(activation, step.leaves, facts);
};

import type { Activation, Facts } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import type { Scene } from './scene.js';
import type { Held, Life, Stalled } from './state.js';

type WithHolder = Scene<Held | Stalled>;

/** What the node runs on the layer that is upgraded; undefined while that layer is not up. */
export const runningVersion = ({ request }: Pick<Scene, 'request'>, facts: Facts): string | undefined =>
  facts.layers[request.release.layer];

/** Forward there is one right version. Back it is what the node ran before, and never what the upgrade brought. */
export const isTarget = ({ state: { course, holder }, request }: WithHolder, version: string): boolean => {
  if (holder.direction === 'forward') return version === request.to;
  const before = course.cameFrom[holder.nodeId]?.version;
  return version !== request.to && (before === undefined || version === before);
};

/** For people: where the holder is to get to. */
export const targetName = ({ state: { course, holder }, request }: WithHolder): string => {
  if (holder.direction === 'forward') return request.to;
  return course.cameFrom[holder.nodeId]?.version ?? `the version before ${request.to}`;
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

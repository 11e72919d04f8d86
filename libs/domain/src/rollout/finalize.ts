import type { Answer, Ask } from '@baton/contracts';
import { turnsOnTarget, type Turn } from './lane-summary.js';
import { isOfUpgrade } from '../upgrade/answer.js';
import type { OnRecord, Recording, Scene } from './scene.js';
import type { Completed } from './state.js';

/** An old version is given up once, so there is one attempt. */
const ATTEMPT = 1;

/** Every node that runs the new version is told to give up the old one; nothing goes down, so all are asked at once. */
export const askFinalize = (scene: OnRecord<Completed>): readonly Ask[] => {
  const { clusterId, upgradeId, upgradeNo } = scene.request;
  const common = { clusterId, stage: 'rollout', upgradeId, upgradeNo, instance: upgradeId } as const;
  return unfinalized(scene).map(({ nodeId, epoch }) => {
    return { ...common, nodeId, verb: 'finalize', attempt: ATTEMPT, epoch, args: {} };
  });
};

export const takeFinalized = (scene: Scene<Completed>, answer: Answer): Recording => {
  const { nodeId, verb, status, epoch } = answer;
  if (verb !== 'finalize' || status !== 'done' || !isOfUpgrade(scene.request, answer)) return [];
  const isAsked = unfinalized(scene).some((turn) => turn.nodeId === nodeId && turn.epoch === epoch);
  return isAsked ? [{ type: 'NodeFinalized', data: { nodeId } }] : [];
};

export const finalize = (scene: Scene<Completed>): Recording => {
  const { state, intent } = scene;
  if (intent.finalizeAt === 0 || unfinalized(scene).length > 0) return [];
  const left = upgraded(scene)
    .map(({ nodeId }) => nodeId)
    .filter((nodeId) => !state.finalized.includes(nodeId));
  return [{ type: 'RolloutFinalized', data: { left } }];
};

const unfinalized = (scene: OnRecord<Completed>): readonly Turn[] => {
  const { state, intent } = scene;
  if (intent.finalizeAt === 0) return [];
  const finalized = new Set(state.finalized);
  return upgraded(scene).filter(({ nodeId }) => !finalized.has(nodeId) && !intent.evicted[nodeId]);
};

const upgraded = ({ lanes, request }: OnRecord): readonly Turn[] =>
  Object.values(lanes).flatMap((lane) => turnsOnTarget(lane, request));

import type { Ask, Request } from '@baton/contracts';
import { isHeld } from '../upgrade/intent.js';
import { isDistributionOver, type DistributionContext } from './context.js';
import type { Distribution, Seed } from './state.js';

const INSPECT_EVERY_MS = 1000;

/** A copy from every chosen seed that has none, and a sign of life, again and again, from every seed that has one. */
export const outstandingInDistribution = (state: Distribution, context: DistributionContext): readonly Ask[] => {
  const { request } = context.intent;
  if (!request || state.status === 'waiting' || isDistributionOver(context)) return [];
  const held = isHeld(context.intent);
  return state.seeds.flatMap((seed) => {
    if (seed.stored) return [inspect(seed, request)];
    return held ? [] : [store(seed, request)];
  });
};

const ofSeed = ({ nodeId, attempt }: Seed, { clusterId, upgradeId, upgradeNo }: Request) => ({
  clusterId,
  nodeId,
  stage: 'distribution' as const,
  upgradeId,
  upgradeNo,
  instance: upgradeId,
  attempt,
});

const store = (seed: Seed, request: Request): Ask => {
  const { version, layer, sha256, size } = request.release;
  return { ...ofSeed(seed, request), verb: 'store', args: { artifact: { version, layer, sha256, size } } };
};

const inspect = (seed: Seed, request: Request): Ask => ({
  ...ofSeed(seed, request),
  verb: 'inspect',
  args: {},
  everyMs: INSPECT_EVERY_MS,
});

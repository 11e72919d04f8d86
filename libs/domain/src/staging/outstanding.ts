import type { Ask, Request } from '@baton/contracts';
import type { StagingContext } from './context.js';
import type { Staging } from './state.js';
import { windowOf, type Attempt } from './window.js';

const PEERS_MAX = 4;

/** One `stage` for each node of the window, all at once; each is sent to another source first. */
export const outstandingInStaging = (state: Staging, context: StagingContext): readonly Ask[] => {
  const window = windowOf(state, context);
  if (!window) return [];
  const { request, sources, attempts } = window;
  const holders = new Set(sources);
  let turn = 0;
  return attempts.map((attempt) => {
    const { nodeId } = attempt;
    // A seed copies what it holds; only who pulls over the network takes a turn.
    if (holders.has(nodeId))
      return stage(attempt, [nodeId, ...peersFrom(sources, turn, nodeId, PEERS_MAX - 1)], request);
    // Another attempt begins elsewhere: the source may have been the reason.
    const first = turn + attempt.attempt - attempt.seriesFrom;
    turn += 1;
    return stage(attempt, peersFrom(sources, first, nodeId, PEERS_MAX), request);
  });
};

const peersFrom = (sources: readonly string[], first: number, nodeId: string, count: number): readonly string[] => {
  const start = first % sources.length;
  const around = [...sources.slice(start, start + count + 1), ...sources.slice(0, Math.min(start, count + 1))];
  return around.filter((source) => source !== nodeId).slice(0, count);
};

const stage = ({ nodeId, attempt }: Attempt, peers: readonly string[], request: Request): Ask => {
  const { clusterId, upgradeId, upgradeNo, release } = request;
  const { version, layer, sha256, size } = release;
  return {
    clusterId,
    nodeId,
    verb: 'stage',
    stage: 'staging',
    upgradeId,
    upgradeNo,
    instance: upgradeId,
    attempt,
    args: { artifact: { version, layer, sha256, size } },
    peers,
  };
};

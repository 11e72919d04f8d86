import type { TruthLine } from '../history.js';
import { groupBy, nodeKey } from './event.js';

/** From going down until it is up, whatever took it down once more meanwhile. */
export interface DownTime {
  readonly line: TruthLine;
  /** The token's epoch it went down for; undefined: a fault or a crash alone. */
  readonly epoch?: number;
  readonly byToken: boolean;
  /** Monotonic. */
  readonly from: number;
  readonly until: number;
}

/** From coming up until the next line: what it ran, and from where. */
export interface LifeTime {
  readonly up: TruthLine;
  readonly next?: TruthLine;
}

/** Each machine's lines in their order, by node. */
export const machinesOf = (truth: readonly TruthLine[]): ReadonlyMap<string, readonly TruthLine[]> =>
  groupBy(
    truth.toSorted((a, b) => a.monotonicMs - b.monotonicMs),
    ({ clusterId, nodeId }) => nodeKey(clusterId, nodeId),
  );

/** When a machine was down, by its own record. */
export const downTimesOf = (lines: readonly TruthLine[]): readonly DownTime[] => {
  const downs: DownTime[] = [];
  let open: DownTime | undefined;
  for (const line of lines) {
    if (line.event === 'up') {
      if (open) downs.push({ ...open, until: line.monotonicMs });
      open = undefined;
      continue;
    }
    const byToken = line.by === 'token';
    // A machine that is killed while it is down for its token is still down for it.
    open ??= { line, byToken, from: line.monotonicMs, until: Infinity };
    if (byToken) open = { ...open, byToken, epoch: line.epoch };
  }
  return open ? [...downs, open] : downs;
};

export const livesOf = (lines: readonly TruthLine[]): readonly LifeTime[] =>
  lines.flatMap((up, index) => {
    const next = lines[index + 1];
    return up.event === 'up' ? [{ up, ...(next && { next }) }] : [];
  });

/** Names a line of a machine's record. */
export const placeOf = ({ clusterId, nodeId, event, by, epoch, monotonicMs }: TruthLine): string => {
  const why = epoch === undefined ? by : `${by} ${epoch}`;
  return `truth ${nodeKey(clusterId, nodeId)} ${event} (${why}) at ${monotonicMs} ms`;
};

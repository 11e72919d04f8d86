import type { PartitionName, StagingEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/** A series of attempts begins with `seriesFrom` and has `attemptsMax` of the strategy. */
export type NodeStaging =
  | { readonly status: 'unstaged'; readonly attempt: number; readonly seriesFrom: number }
  /** `attempt` was the last of its series; `stalledAt` is the position from which on an operator begins another. */
  | { readonly status: 'stalled'; readonly attempt: number; readonly stalledAt: number }
  | { readonly status: 'staged'; readonly partition: PartitionName; readonly digest: string };

export type Staging =
  | { readonly status: 'waiting' }
  | {
      readonly status: 'staging';
      /** In the order of the plan. */
      readonly nodes: ReadonlyMap<string, NodeStaging>;
      /** When a node was staged or failed last, or the stage began; milliseconds since 1970 in UTC. */
      readonly progressAt: number;
    }
  | { readonly status: 'completed' };

export type RunningStaging = Extract<Staging, { status: 'staging' }>;

export const noStaging: Staging = { status: 'waiting' };

export const evolveStaging = (state: Staging, recorded: Recorded): Staging =>
  applyStaging(state, recorded as Recorded & StagingEvent, recorded.position);

/** `position`: of the event in the log; past every known one while it is only decided. */
export const applyStaging = (state: Staging, event: StagingEvent, position: number): Staging => {
  switch (event.type) {
    case 'StagingStarted': {
      const nodes = new Map(state.status === 'staging' ? state.nodes : []);
      for (const nodeId of event.data.nodes) nodes.set(nodeId, { status: 'unstaged', attempt: 1, seriesFrom: 1 });
      return { status: 'staging', nodes, progressAt: event.data.startedAt };
    }
    case 'NodeStaged': {
      const { nodeId, partition, digest, at } = event.data;
      return withNode(state, nodeId, { status: 'staged', partition, digest }, at);
    }
    case 'NodeStagingFailed': {
      const { nodeId, attempt, final, at } = event.data;
      if (final) return withNode(state, nodeId, { status: 'stalled', attempt, stalledAt: position }, at);
      const before = state.status === 'staging' ? state.nodes.get(nodeId) : undefined;
      // The first failure after a stall belongs to the series that an operator began.
      const seriesFrom = before?.status === 'unstaged' ? before.seriesFrom : attempt;
      return withNode(state, nodeId, { status: 'unstaged', attempt: attempt + 1, seriesFrom }, at);
    }
    case 'StagingStalled':
      // The failure before it says all that is to be known.
      return state;
    case 'StagingCompleted':
      return { status: 'completed' };
    default:
      return assertNever(event);
  }
};

const withNode = (state: Staging, nodeId: string, node: NodeStaging, progressAt: number): Staging => {
  if (state.status !== 'staging') throw new Error(`${nodeId} was judged while nothing was staged`);
  return { ...state, nodes: new Map(state.nodes).set(nodeId, node), progressAt };
};

import type {
  Asked,
  CheckStatus,
  Direction,
  LaneStalled,
  NodeState,
  Partition,
  PartitionName,
  Request,
  StageName,
  Strategy,
  UpgradeStatus,
  Waiver,
} from '@baton/contracts';
import type { Recorded } from '@baton/kernel';

/** Who did something, when and why, and where the log says so. */
export interface Mark {
  readonly position: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
}

/** Something stopped by itself and stays so until somebody acts. */
export interface Stall {
  readonly position: number;
  readonly at: string;
  readonly nodeId?: string;
  /** For machines, e.g. `boot-late`. */
  readonly reason: string;
  /** For people: what was seen. */
  readonly evidence: string;
  readonly precheckCouldHaveCaught: boolean;
  /** What follows by itself. */
  readonly action?: LaneStalled['data']['action'];
}

/** What the status needs of the request; the whole of it stands in the log. */
export interface Terms extends Pick<
  Request,
  'upgradeId' | 'upgradeNo' | 'clusterId' | 'from' | 'to' | 'dryRun' | 'autoCommit' | 'retargets'
> {
  readonly strategy: string;
  readonly asked: Asked;
  readonly path?: UpgradeStatus['path'];
  /** Its release gives up the way back. */
  readonly oneWay: boolean;
  readonly layer: Strategy['layer'];
  readonly images?: Request['images'];
  readonly seeds: number;
  readonly timing: Strategy['timing'];
  readonly scope: Strategy['onFailure']['scope'];
  /** What is said of single waves, of the way back and of mixes. */
  readonly rules: Pick<Strategy, 'waves' | 'rollback' | 'mixed'>;
}

/** `layers` and `partitions` are replaced, never changed, so that a status may share them. */
export interface NodeView {
  readonly nodeId: string;
  /** Of the last event that changed this node. */
  position: number;
  state: NodeState;
  since: string;
  /** Of the event that brought it into its state. */
  sincePosition: number;
  /** Milliseconds since 1970: deadlines of the running step count from here. */
  stepAt?: number;
  lane?: string;
  wave?: number;
  active?: PartitionName;
  passive?: PartitionName;
  partitions?: Readonly<Partial<Record<PartitionName, Partition>>>;
  layers: Readonly<Record<string, string>>;
  /** When it came to run what it runs on the layer that is upgraded. */
  versionSince?: string;
  /** What it ran before this upgrade first took it down. */
  cameFrom?: string;
  attempt: number;
  error?: string;
  /** Runs of the prechecks that have its facts and its probes. */
  factsRun?: number;
  probedRun?: number;
  evictAsked?: Mark;
}

export interface LaneView {
  readonly lane: string;
  position: number;
  wave: number;
  direction: Direction;
  phase: 'planned' | 'open' | 'closed';
  /** The run of the prechecks that planned it. */
  run: number;
  since: string;
  token?: { readonly nodeId: string; readonly epoch: number; readonly since: string };
  stall?: Stall;
  /** Windows are closed; `until` in milliseconds since 1970. */
  window?: Mark & { readonly until: number };
}

/** A wave whose lanes are done and that is not over. */
export interface SettlingView {
  readonly wave: number;
  readonly mark: Mark;
  /** Milliseconds since 1970. */
  readonly since: number;
  judgedFrom: number;
  /** Members of the cluster that each node is in, as it says. */
  formed: Readonly<Record<string, number>>;
}

/**
 * All that the fold of an upgrade's events keeps: JSON, and more than its status shows. Nodes and lanes stand by id, so
 * that an event touches one of them, whatever their number.
 */
export interface UpgradeView {
  readonly terms: Terms;
  position: number;
  startedAt: string;
  updatedAt: string;
  endedAt?: string;
  stage: StageName;
  /** That is under way, or was last. */
  wave?: number;
  /** Of the prechecks; the last one counts. */
  run: number;
  precheck: 'none' | 'collecting' | 'failed' | 'passed';
  precheckMark?: Mark;
  precheckStartedAt?: number;
  checks: (CheckStatus & { readonly position: number })[];
  waivers: readonly Waiver[];
  /** Nodes that should hold the artifact now. */
  seeds: readonly string[];
  distributed: boolean;
  /** Milliseconds since 1970: a node is late when none was staged for the allowed time after this. */
  stagingAt?: number;
  staging: number;
  staged?: Mark;
  stageMark?: Mark;
  /** Of the distribution and of staging; by what stalled. */
  stalls: Record<string, Stall>;
  commit?: Mark;
  paused?: Mark;
  blocked?: Mark;
  abort?: Mark;
  /** The release that the abort makes way for. */
  retargetedTo?: string;
  rollback?: Mark;
  finalize?: Mark;
  refused?: Mark;
  commitPoint?: number;
  /** Names by the numbers of the plan. */
  waveNames: Readonly<Record<number, string>>;
  settling?: SettlingView;
  /** A wave stopped by itself. */
  waveStall?: Stall;
  /** The next wave waits for somebody to approve it. */
  awaits?: Mark & { readonly wave: number };
  ended?: 'completed' | 'rolled-back' | 'aborted' | 'finalized';
  continuedBy?: string;
  nodes: Record<string, NodeView>;
  lanes: Record<string, LaneView>;
}

export const markOf = (event: Recorded, reason?: string): Mark => ({
  position: event.position,
  at: event.recordedAt,
  by: event.meta.actor,
  reason,
});

/** The node to be changed by this event; one that nobody named before is taken in. */
export const nodeIn = (view: UpgradeView, nodeId: string, event: Recorded): NodeView => {
  const known = Object.hasOwn(view.nodes, nodeId) ? view.nodes[nodeId] : undefined;
  const node = known ?? {
    nodeId,
    position: event.position,
    state: 'waiting',
    since: event.recordedAt,
    sincePosition: event.position,
    layers: {},
    attempt: 0,
  };
  node.position = event.position;
  view.nodes[nodeId] = node;
  return node;
};

/** Brings a node into a state; what was wrong before is history. */
export const move = (node: NodeView, event: Recorded, state: NodeState, stepAt?: number): void => {
  node.state = state;
  node.since = event.recordedAt;
  node.sincePosition = event.position;
  node.stepAt = stepAt;
  node.error = undefined;
};

/** What a node runs now, as it says or was seen. */
export const runs = (view: UpgradeView, node: NodeView, event: Recorded, layers: NodeView['layers']): void => {
  const { layer } = view.terms;
  if (layers[layer] !== node.layers[layer]) node.versionSince = event.recordedAt;
  node.layers = layers;
};

/** Its name in the plan. */
export const nameOfWave = (view: UpgradeView, wave: number | undefined): string | undefined =>
  wave === undefined ? undefined : view.waveNames[wave];

export const laneIn = (view: UpgradeView, lane: string, event: Recorded): LaneView => {
  const known = Object.hasOwn(view.lanes, lane) ? view.lanes[lane] : undefined;
  const found = known ?? {
    lane,
    position: event.position,
    wave: 1,
    direction: 'forward',
    phase: 'planned',
    run: view.run,
    since: event.recordedAt,
  };
  found.position = event.position;
  view.lanes[lane] = found;
  return found;
};

/** In the order of waves, then of names: the same however they were stored. */
export const lanesOf = (view: UpgradeView): readonly LaneView[] =>
  Object.values(view.lanes)
    .filter(({ run }) => run === view.run)
    .sort((a, b) => a.wave - b.wave || (a.lane < b.lane ? -1 : 1));

/** In id order. */
export const nodesOf = (view: UpgradeView): readonly NodeView[] =>
  Object.values(view.nodes).sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1));

/** Its lane stands still because of it. */
export const isStalledHolder = (view: UpgradeView, node: NodeView): boolean => {
  const lane = node.lane !== undefined && Object.hasOwn(view.lanes, node.lane) ? view.lanes[node.lane] : undefined;
  return lane?.stall?.nodeId === node.nodeId;
};

/** It has the token: it goes or is down, or was just seen to be stable. */
export const isHolder = (view: UpgradeView, node: NodeView): boolean => {
  const lane = node.lane !== undefined && Object.hasOwn(view.lanes, node.lane) ? view.lanes[node.lane] : undefined;
  return lane?.token?.nodeId === node.nodeId;
};

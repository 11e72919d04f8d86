import type { NodeState, NodeStatus, UpgradeState, UpgradeStatus, WaveRule } from '@baton/contracts';

/** What `GET /api/cluster/upgrade/status` says; docs/fronts.md tells which names are Avi's. */
export interface AviStatus {
  /** Its id in Baton; empty: there was none yet. */
  readonly upgrade: string;
  readonly controller_state: {
    readonly state: string;
    readonly in_progress: boolean;
    readonly rollback: boolean;
    readonly tasks_completed: readonly { readonly task: string }[];
    readonly notes: readonly string[];
  };
  readonly se_state: {
    readonly in_progress: boolean;
    readonly se_upgrade_not_started: readonly string[];
    readonly se_upgrade_in_progress: readonly string[];
    readonly se_upgrade_completed: readonly string[];
    readonly se_upgrade_failed: readonly string[];
    readonly se_upgrade_errors: readonly { readonly se_ref: string; readonly message: string }[];
    readonly notes: readonly string[];
  };
}

/** The state names that published clients of Avi look for; every other one is ours, made in their manner. */
export const STATES_OF_THE_SOURCE: ReadonlySet<string> = new Set(['UPGRADE_ABORTED']);

/** By the states of Baton; from the commit point on the controllers' is that of a completed one. */
const STATES: Readonly<Record<UpgradeState, string>> = {
  requested: 'UPGRADE_IN_PROGRESS',
  prechecking: 'UPGRADE_IN_PROGRESS',
  blocked: 'UPGRADE_ABORTED',
  distributing: 'UPGRADE_IN_PROGRESS',
  staging: 'UPGRADE_IN_PROGRESS',
  prepared: 'UPGRADE_IN_PROGRESS',
  rolling: 'UPGRADE_IN_PROGRESS',
  paused: 'UPGRADE_IN_PROGRESS',
  stalled: 'UPGRADE_IN_PROGRESS',
  aborting: 'UPGRADE_ABORTING',
  aborted: 'UPGRADE_ABORTED',
  'rolling-back': 'UPGRADE_ABORTING',
  'rolled-back': 'UPGRADE_ABORTED',
  completed: 'UPGRADE_COMPLETED',
  finalized: 'UPGRADE_COMPLETED',
};

const IDLE = 'UPGRADE_IDLE';

/** The state name of a state of Baton; undefined: there is no upgrade. */
export const stateName = (state?: UpgradeState): string => (state === undefined ? IDLE : STATES[state]);

const ENDED: readonly UpgradeState[] = ['blocked', 'aborted', 'rolled-back', 'completed', 'finalized'];

const GROUPS: Readonly<Record<NodeState, 'not_started' | 'in_progress' | 'completed' | 'failed'>> = {
  ...{ waiting: 'not_started', storing: 'not_started', stored: 'not_started', staging: 'not_started' },
  ...{ staged: 'not_started', reverted: 'not_started', skipped: 'not_started', evicted: 'not_started' },
  ...{ granted: 'in_progress', draining: 'in_progress', activated: 'in_progress', booted: 'in_progress' },
  ...{ stable: 'completed', finalized: 'completed', failed: 'failed' },
};

/** Tells controllers from the others: those that the waves up to the commit point take. */
export const isController = (waves: readonly WaveRule[], labels: Readonly<Record<string, string>>): boolean => {
  const last = waves.findLastIndex(({ commitPoint }) => commitPoint);
  return waves
    .slice(0, last + 1)
    .some(({ select = {} }) => Object.entries(select).every(([label, value]) => labels[label] === value));
};

/** A status as Avi says it. `controllers` are node ids. Without an upgrade: idle. */
export const aviStatus = (status?: UpgradeStatus, controllers: ReadonlySet<string> = new Set()): AviStatus => {
  const { state, nodes = [], upgradeId = '' } = status ?? {};
  const engines = nodes.filter(({ nodeId }) => !controllers.has(nodeId));
  const isActive = state !== undefined && !ENDED.includes(state);
  const committed = status !== undefined && isCommitted(status, controllers);
  const notes = status ? notesOf(status) : [];
  const inGroup = (group: string): readonly string[] =>
    engines.filter((node) => GROUPS[node.state] === group).map(({ nodeId }) => nodeId);
  return {
    upgrade: upgradeId,
    controller_state: {
      state: committed && STATES[status.state] === STATES.rolling ? STATES.completed : stateName(state),
      in_progress: isActive && !committed,
      rollback: state === 'rolling-back' || state === 'rolled-back',
      tasks_completed: tasksOf(status, committed).map((task) => ({ task })),
      notes,
    },
    se_state: {
      in_progress: isActive && committed,
      se_upgrade_not_started: inGroup('not_started'),
      se_upgrade_in_progress: inGroup('in_progress'),
      se_upgrade_completed: inGroup('completed'),
      se_upgrade_failed: inGroup('failed'),
      se_upgrade_errors: engines.flatMap(errorOf),
      notes,
    },
  };
};

/** What it waits for; of one that was aborted, what its prechecks found. */
const notesOf = ({ state, blockedBy, checks }: UpgradeStatus): readonly string[] => {
  if (state !== 'aborting' && state !== 'aborted') return blockedBy.map(({ what }) => what);
  return checks.flatMap(({ result, check, evidence }) => (result === 'failed' ? [`${check}: ${evidence}`] : []));
};

/** A wave after that of the last controller has begun, and none does before the commit point. */
const isCommitted = ({ state, wave = 0, nodes }: UpgradeStatus, controllers: ReadonlySet<string>): boolean => {
  if (state === 'completed' || state === 'finalized') return true;
  const waves = nodes.filter(({ nodeId }) => controllers.has(nodeId)).map((node) => node.wave ?? Infinity);
  return waves.length > 0 && wave > Math.max(...waves);
};

const tasksOf = (status: UpgradeStatus | undefined, committed: boolean): readonly string[] => [
  ...(status?.stage === 'rollout' ? ['COPY_AND_VERIFY_IMAGE'] : []),
  ...(committed ? ['WAIT_FOR_ALL_CONTROLLER_NODES_ONLINE', 'COMMIT_UPGRADE'] : []),
];

const errorOf = ({ nodeId, error }: NodeStatus) => (error === undefined ? [] : [{ se_ref: nodeId, message: error }]);

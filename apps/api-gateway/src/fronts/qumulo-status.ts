import type { UpgradeState, UpgradeStatus } from '@baton/contracts';

/** What `qq upgrade_status` prints of a Qumulo cluster: exactly these fields, in this order. */
export interface QumuloStatus {
  readonly install_path: string;
  readonly state: string;
  readonly details: string;
  readonly error_message: string;
  readonly error_state: string;
  readonly is_blocked: boolean;
  readonly blocked_reason: string;
}

/** The names that Qumulo's documentation gives; every other one is ours, made in their manner. */
export const NAMES_OF_THE_SOURCE: ReadonlySet<string> = new Set(['UPGRADE_PREPARING', 'UPGRADE_ERROR_NO_ERROR']);

const NO_ERROR = 'UPGRADE_ERROR_NO_ERROR';

/** Two phases: preparation until all have staged, commit from the first token on. */
const PHASES: Readonly<Record<UpgradeState, string | { readonly preparing: string; readonly committing: string }>> = {
  requested: 'UPGRADE_PREPARING',
  prechecking: 'UPGRADE_PREPARING',
  blocked: 'UPGRADE_PREPARING',
  distributing: 'UPGRADE_PREPARING',
  staging: 'UPGRADE_PREPARING',
  prepared: 'UPGRADE_PREPARED',
  rolling: 'UPGRADE_COMMITTING',
  paused: { preparing: 'UPGRADE_PREPARING', committing: 'UPGRADE_COMMITTING' },
  stalled: { preparing: 'UPGRADE_PREPARING', committing: 'UPGRADE_COMMITTING' },
  aborting: 'UPGRADE_ABORTING',
  aborted: 'UPGRADE_ABORTED',
  'rolling-back': 'UPGRADE_ROLLING_BACK',
  'rolled-back': 'UPGRADE_ROLLED_BACK',
  completed: 'UPGRADE_COMPLETED',
  finalized: 'UPGRADE_COMPLETED',
};

const IDLE: QumuloStatus = {
  install_path: '',
  state: 'UPGRADE_IDLE',
  details: '',
  error_message: '',
  error_state: NO_ERROR,
  is_blocked: false,
  blocked_reason: '',
};

/** All state names that this front ever says, by the states of Baton. */
export const stateNames = (state: UpgradeState): readonly string[] => {
  const names = PHASES[state];
  return typeof names === 'string' ? [names] : [names.preparing, names.committing];
};

/**
 * A status as Qumulo says it. Waiting for somebody is blocked and no error; only what an upgrade stalled on by
 * itself is an error too. Without an upgrade: idle.
 */
export const qumuloStatus = (status?: UpgradeStatus, installPath = ''): QumuloStatus => {
  if (!status) return IDLE;
  const { state, stage, blockedBy, progress } = status;
  const names = PHASES[state];
  const phase = stage === 'rollout' ? 'committing' : 'preparing';
  // What merely takes its time blocks nothing: nobody can do anything about it.
  const why = blockedBy.flatMap(({ what, unblock }) => (unblock.length > 0 ? [what] : [])).join(' ');
  const hasStalled = state === 'stalled';
  return {
    install_path: installPath,
    state: typeof names === 'string' ? names : names[phase],
    details: stage === 'rollout' ? `${progress.done} of ${progress.total} nodes are over` : '',
    error_message: hasStalled ? why || 'the upgrade has stalled' : '',
    error_state: hasStalled ? 'UPGRADE_ERROR_STALLED' : NO_ERROR,
    is_blocked: why !== '',
    blocked_reason: why,
  };
};

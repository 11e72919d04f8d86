import type { Request, RetargetRequested, RollbackRequested, UpgradeEvent, Waiver } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/**
 * What people want of an upgrade: the fold of `upgrade-<u>`. Every stage reads it and acts on its level, not on its
 * edges. A request that unblocks something counts for what happened before it, so each is kept by its position.
 */
export interface Intent {
  readonly request?: Request;
  /** Position of the last commit; 0: never. With `autoCommit` nobody needs to ask. */
  readonly committedAt: number;
  /** Waves that someone let begin, by number. */
  readonly approvedAt: Readonly<Record<number, number>>;
  readonly paused: boolean;
  readonly resumedAt: number;
  /** Those of the request, then those given since. */
  readonly waivers: readonly Waiver[];
  readonly waivedAt: number;
  readonly retriedAt: Readonly<Record<string, number>>;
  readonly skippedAt: Readonly<Record<string, number>>;
  readonly evicted: Readonly<Record<string, { readonly position: number; readonly confirmedDown: boolean }>>;
  /** Of the whole. 0: not asked. */
  readonly rollbackAt: number;
  /** Of a part only: positions by node, lane, and wave. */
  readonly turnedBack: {
    readonly nodes: Readonly<Record<string, number>>;
    readonly lanes: Readonly<Record<string, number>>;
    readonly waves: Readonly<Record<number, number>>;
  };
  /** Asked for by itself, or as the first half of a retarget. */
  readonly abortAt: number;
  /** Goes on from it as soon as it has ended; whoever aborts after that wants nothing to go on. */
  readonly retarget?: RetargetRequested['data'] & { readonly by: string };
  readonly finalizeAt: number;
  readonly blockedAt: number;
  readonly ended?: 'completed' | 'rolled-back' | 'aborted' | 'finalized';
}

export const noIntent: Intent = {
  committedAt: 0,
  approvedAt: {},
  paused: false,
  resumedAt: 0,
  waivers: [],
  waivedAt: 0,
  retriedAt: {},
  skippedAt: {},
  evicted: {},
  rollbackAt: 0,
  turnedBack: { nodes: {}, lanes: {}, waves: {} },
  abortAt: 0,
  finalizeAt: 0,
  blockedAt: 0,
};

export const foldIntent = (intent: Intent, recorded: Recorded): Intent => {
  const event = recorded as Recorded & UpgradeEvent;
  const at = recorded.position;
  switch (event.type) {
    case 'UpgradeRequested':
      return { ...intent, request: event.data, waivers: event.data.waivers ?? [] };
    case 'CommitRequested':
      return { ...intent, committedAt: at };
    case 'ApprovalGiven':
      return { ...intent, approvedAt: { ...intent.approvedAt, [event.data.wave]: at } };
    case 'PauseRequested':
      return { ...intent, paused: true };
    case 'ResumeRequested':
      return { ...intent, paused: false, resumedAt: at };
    case 'WaiverGiven': {
      const waiver = { ...event.data, by: event.meta.actor };
      return { ...intent, waivers: [...intent.waivers, waiver], waivedAt: at };
    }
    case 'RetryRequested':
      return { ...intent, retriedAt: { ...intent.retriedAt, [event.data.nodeId]: at } };
    case 'SkipRequested':
      return { ...intent, skippedAt: { ...intent.skippedAt, [event.data.nodeId]: at } };
    case 'EvictRequested': {
      const eviction = { position: at, confirmedDown: event.data.confirmedDown };
      return { ...intent, evicted: { ...intent.evicted, [event.data.nodeId]: eviction } };
    }
    case 'RollbackRequested':
      return turnBack(intent, event, at);
    case 'AbortRequested':
      return { ...intent, abortAt: at, paused: false, retarget: undefined };
    case 'RetargetRequested':
      return { ...intent, abortAt: at, paused: false, retarget: { ...event.data, by: event.meta.actor } };
    case 'FinalizeRequested':
      return { ...intent, finalizeAt: at, ended: undefined };
    case 'CommandRefused':
      return intent;
    case 'UpgradeBlocked':
      return { ...intent, blockedAt: at };
    case 'UpgradeCompleted':
      return { ...intent, ended: 'completed' };
    case 'UpgradeRolledBack':
      return { ...intent, ended: 'rolled-back' };
    case 'UpgradeAborted':
      return { ...intent, ended: 'aborted' };
    case 'UpgradeFinalized':
      return { ...intent, ended: 'finalized' };
    default:
      return assertNever(event);
  }
};

/** The way back of the whole ends a pause; that of a part waits for its end, or the rest would go on with it. */
const turnBack = (intent: Intent, { data }: RollbackRequested, at: number): Intent => {
  const { nodes, lanes, waves } = intent.turnedBack;
  const { nodeId, lane, wave } = data;
  if (nodeId !== undefined) return { ...intent, turnedBack: { lanes, waves, nodes: { ...nodes, [nodeId]: at } } };
  if (lane !== undefined) return { ...intent, turnedBack: { nodes, waves, lanes: { ...lanes, [lane]: at } } };
  if (wave !== undefined) return { ...intent, turnedBack: { nodes, lanes, waves: { ...waves, [wave]: at } } };
  return { ...intent, rollbackAt: at, paused: false, ended: undefined };
};

/** Since when a wave is to go back, by itself or with all; 0: it is not. */
export const waveBackAt = ({ rollbackAt, turnedBack }: Intent, wave: number): number =>
  Math.max(rollbackAt, turnedBack.waves[wave] ?? 0);

/** Since when a lane is to go back, by itself, with its wave or with all; 0: it is not. */
export const laneBackAt = ({ rollbackAt, turnedBack }: Intent, lane: string, wave: number): number =>
  Math.max(rollbackAt, turnedBack.lanes[lane] ?? 0, turnedBack.waves[wave] ?? 0);

/** Since when a node of that lane is to go back; 0: it is not. */
export const nodeBackAt = (intent: Intent, lane: string, wave: number, nodeId: string): number =>
  Math.max(laneBackAt(intent, lane, wave), intent.turnedBack.nodes[nodeId] ?? 0);

/** Nothing new may be begun: someone paused, aborted or turned back, or it is over. */
export const isHeld = (intent: Intent): boolean =>
  intent.paused || intent.abortAt > 0 || intent.rollbackAt > 0 || intent.ended !== undefined;

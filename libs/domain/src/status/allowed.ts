import {
  OPERATOR_COMMANDS,
  type NodeStatus,
  type OperatorCommand,
  type UpgradeState,
  type UpgradeStatus,
} from '@baton/contracts';
import { assertNever, type Refusal } from '@baton/kernel';
import { AWAITS_APPROVAL } from './wave-blockers.js';

type Ground = Pick<
  UpgradeStatus,
  | 'upgradeId'
  | 'dryRun'
  | 'state'
  | 'stage'
  | 'nodes'
  | 'lanes'
  | 'rollback'
  | 'blockedBy'
  | 'continuedBy'
  | 'checks'
  | 'waivers'
>;

const MOVING: readonly UpgradeState[] = ['distributing', 'staging', 'prepared', 'rolling'];
const PLANNED: readonly UpgradeState[] = [...MOVING, 'paused', 'stalled', 'rolling-back', 'aborting'];
const NOT_ENDED: readonly UpgradeState[] = ['requested', 'prechecking', 'blocked', ...PLANNED];

/** Where each command is legal; `isOpenTo` has the rest of the rule. */
const LEGAL_IN: Readonly<Record<OperatorCommand, readonly UpgradeState[]>> = {
  commit: ['prepared'],
  approve: ['rolling', 'paused', 'stalled'],
  pause: MOVING,
  // Other lanes may still move while one is stalled: nobody has to wait for them before helping it.
  resume: ['paused', 'stalled', 'blocked', 'rolling', 'rolling-back', 'aborting'],
  waive: ['blocked'],
  retry: ['stalled', 'rolling', 'rolling-back'],
  skip: PLANNED,
  evict: [...NOT_ENDED, 'completed'],
  rollback: ['rolling', 'paused', 'stalled', 'completed'],
  retarget: ['paused', 'stalled'],
  abort: NOT_ENDED,
  finalize: ['completed'],
};

/** The states of the contract's table; in each of them something more may stand against the command. */
export const isLegalIn = (command: OperatorCommand, state: UpgradeState): boolean => LEGAL_IN[command].includes(state);

const isFailed = ({ state }: NodeStatus): boolean => state === 'failed';

const WAITING = new Set<NodeStatus['state']>(['waiting', 'storing', 'stored', 'staging', 'staged']);

/** A node that takes no token yet, or whose token goes no further. */
const isSkippable = (node: NodeStatus, { state }: Ground): boolean =>
  isFailed(node) || (state !== 'aborting' && WAITING.has(node.state));

const isSomethingStalled = ({ state, nodes }: Ground): boolean => state === 'stalled' || nodes.some(isFailed);

/** Those that nobody has waived yet. */
export const failedChecks = ({ checks, waivers = [] }: Pick<Ground, 'checks' | 'waivers'>): Ground['checks'] =>
  checks.filter(({ result, check }) => result === 'failed' && !waivers.some((waiver) => waiver.check === check));

const isFinalizing = ({ state, blockedBy }: Ground): boolean =>
  state === 'completed' && blockedBy.some(({ kind }) => kind === 'finalizing');

const isOpenTo = (command: OperatorCommand, status: Ground): boolean => {
  switch (command) {
    case 'commit':
    case 'pause':
    case 'abort':
    case 'retarget':
      return true;
    case 'approve':
      return status.blockedBy.some(({ kind }) => kind === AWAITS_APPROVAL);
    case 'resume':
      return status.state === 'paused' || status.state === 'blocked' || isSomethingStalled(status);
    case 'waive':
      return failedChecks(status).some(({ consequence }) => consequence !== undefined);
    case 'retry':
      return status.nodes.some(isFailed);
    case 'skip':
      return status.nodes.some((node) => isSkippable(node, status));
    case 'evict':
      return status.state !== 'completed' || isFinalizing(status);
    case 'rollback':
      return status.rollback.possible;
    case 'finalize':
      return !isFinalizing(status) && status.continuedBy === undefined;
    default:
      return assertNever(command);
  }
};

/** What an operator may ask of an upgrade in this state, in the order of OPERATOR_COMMANDS. */
export const allowedCommands = (status: Ground): readonly OperatorCommand[] =>
  status.dryRun
    ? []
    : OPERATOR_COMMANDS.filter((command) => isLegalIn(command, status.state) && isOpenTo(command, status));

/** What a command is about, when it is not the whole. */
export interface Target {
  readonly nodeId?: string;
  readonly lane?: string;
  readonly wave?: number;
}

/** Why a command is not legal now, in a sentence that lists those that are; undefined: it is legal. */
export const legalOn = (status: UpgradeStatus, command: OperatorCommand, target: Target = {}): Refusal | undefined => {
  const { upgradeId, state } = status;
  const allowed = allowedCommands(status);
  const instead = allowed.length === 0 ? 'Nothing is legal now.' : `Legal now: ${allowed.join(', ')}.`;
  const no = (why: string): Refusal => ({ kind: 'illegal-command', message: `${why} ${instead}` });

  if (status.dryRun) return no(`${upgradeId} is a plan: it changes nothing, so there is nothing to ${command}.`);
  if (command === 'rollback' && !status.rollback.possible) {
    return no(`${upgradeId} cannot be rolled back: ${status.rollback.reason ?? 'it is too late'}.`);
  }
  if (!allowed.includes(command)) return no(`${command} is not possible: ${upgradeId} is ${state}${during(status)}.`);
  const why = command === 'rollback' ? whyNotBack(status, target) : illegalFor(status, command, target);
  return why === undefined ? undefined : no(why);
};

const during = ({ state, stage }: UpgradeStatus): string =>
  state === 'paused' || state === 'stalled' ? ` in its ${stage}` : '';

const NAMED_MAX = 10;

const illegalFor = (status: UpgradeStatus, command: OperatorCommand, { nodeId }: Target): string | undefined => {
  if (nodeId === undefined || (command !== 'retry' && command !== 'skip')) return undefined;
  const node = status.nodes.find((one) => one.nodeId === nodeId);
  if (!node) return `${status.upgradeId} has no node ${nodeId}.`;
  const fits = command === 'retry' ? isFailed(node) : isSkippable(node, status);
  if (fits) return undefined;
  const others = status.nodes.filter((one) => (command === 'retry' ? isFailed(one) : isSkippable(one, status)));
  const named = others.slice(0, NAMED_MAX).map((one) => one.nodeId);
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
  const wanted = command === 'retry' ? 'a stalled node' : 'a node that waits or is stalled';
  return `${command} takes ${wanted}; ${nodeId} is ${node.state}. There is: ${named.join(', ')}${more}.`;
};

/** Has gone over, or is on its way. */
const MOVED = new Set<NodeStatus['state']>(['granted', 'draining', 'activated', 'booted', 'stable', 'failed']);

/** Waves build on each other, so a part goes back by itself only out of the wave that is under way. */
const whyNotBack = (status: UpgradeStatus, { nodeId, lane, wave }: Target): string | undefined => {
  if (nodeId === undefined && lane === undefined && wave === undefined) return undefined;
  const { upgradeId, state, stage, nodes } = status;
  if (state === 'completed') return `${upgradeId} is over: it goes back as a whole.`;
  if (stage !== 'rollout' || status.wave === undefined) return `No wave of ${upgradeId} is under way.`;
  if (status.rollback.waves && !status.rollback.waves.includes(status.wave)) {
    return `Wave ${status.wave} does not go back: ${status.rollback.reason ?? 'so the strategy wants it'}.`;
  }
  const isMeant = (node: NodeStatus): boolean =>
    nodeId !== undefined ? node.nodeId === nodeId : lane !== undefined ? node.lane === lane : node.wave === wave;
  const meant = nodes.filter(isMeant);
  const what = nodeId !== undefined ? `node ${nodeId}` : lane !== undefined ? `lane ${lane}` : `wave ${wave}`;
  if (meant.length === 0) return `${upgradeId} has no ${what}.`;
  if (meant.every((node) => node.wave !== status.wave)) {
    return `${what} is not of wave ${status.wave}, which is under way; waves go back by themselves no more once the next has begun.`;
  }
  return meant.some((node) => MOVED.has(node.state)) ? undefined : `Nothing of ${what} has gone over.`;
};

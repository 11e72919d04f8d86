import type {
  ClusterEvent,
  NodeEvent,
  OperatorCommand,
  Request,
  RollbackRequested,
  Strategy,
  UpgradeEvent,
  UpgradeStatus,
} from '@baton/contracts';
import { accept, assertNever, refuse, type Decision, type Refusal } from '@baton/kernel';
import type { Cluster } from '../cluster/cluster.js';
import { decideCluster } from '../cluster/decide.js';
import { decideNode, type Node } from '../membership/membership.js';
import { refusedWaiver, type Waivable } from '../precheck/waivers.js';
import { failedChecks, legalOn } from '../status/allowed.js';
import { tooLate } from '../status/rollback.js';
import { AWAITS_APPROVAL } from '../status/wave-blockers.js';
import type { Intent } from './intent.js';
import { onStream } from './on-stream.js';
import { findRetarget, type RetargetGround } from './retarget.js';
import { withFlags } from '../strategies/flags.js';

export interface AskOfUpgrade {
  readonly command: OperatorCommand;
  /** retry, skip and evict name a node; rollback may. */
  readonly nodeId?: string;
  /** rollback: only this lane, or only this wave. approve: the wave; absent: the one that waits. */
  readonly lane?: string;
  readonly wave?: number;
  /** evict: somebody made sure that the node is down and stays down. */
  readonly confirmedDown?: boolean;
  /** retarget: the release. */
  readonly to?: string;
  /** waive: the name of a check that failed. */
  readonly check?: string;
  readonly reason?: string;
}

export interface OperatorGround {
  readonly intent: Intent;
  readonly cluster: Cluster;
  /** The node that the command names. */
  readonly node: Node;
  /** Folded from the log, like all of this; absent: there is no such upgrade. */
  readonly status?: UpgradeStatus;
  /** All checks that there are. */
  readonly checks: readonly Waivable[];
  /** retarget: who the members are, what there is to go to, and the strategy that was named; absent: as before. */
  readonly retarget?: Omit<RetargetGround, 'cluster'> & { readonly strategy?: Strategy };
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Asked = UpgradeEvent | ClusterEvent | NodeEvent;

/** What an operator asks of an upgrade, recorded with all that must become true at the same moment. */
export const decideOperatorCommand = (ask: AskOfUpgrade, ground: OperatorGround): Decision<Asked> => {
  const { intent, cluster, status } = ground;
  const { request } = intent;
  if (!request || !status)
    return refuse('unknown-upgrade', 'There is no such upgrade. The upgrades: GET /v1/upgrades.');
  const unwaivable = ask.command === 'waive' ? unwaivableOf(ask, ground.checks) : undefined;
  if (unwaivable) return { refused: unwaivable };
  const illegal = legalOn(status, ask.command, ask);
  if (illegal) return { refused: illegal };
  const late = ask.command === 'rollback' ? tooLate(status, ground.now) : undefined;
  if (late !== undefined) return refuse('illegal-command', `${status.upgradeId} cannot be rolled back: ${late}.`);
  const event = requested(ask, request, status, ground);
  if ('refused' in event) return event;

  if (ask.command === 'evict') return evict(ask, event, request.clusterId, ground);
  if (intent.ended === undefined) return accept<Asked>(event);
  const readmission = decideCluster({ type: 'ReadmitUpgrade', upgradeId: request.upgradeId }, cluster);
  if ('refused' in readmission) return readmission;
  return accept<Asked>(event, ...onStream(`cluster-${request.clusterId}`, readmission.events));
};

type Refused = { readonly refused: Refusal };

const requested = (
  ask: AskOfUpgrade,
  request: Request,
  status: UpgradeStatus,
  ground: OperatorGround,
): UpgradeEvent | Refused => {
  const { command, nodeId, confirmedDown = false } = ask;
  const data = ask.reason === undefined ? {} : { reason: ask.reason };
  switch (command) {
    case 'commit':
      return { type: 'CommitRequested', data };
    case 'approve':
      return approved(ask, status);
    case 'pause':
      return { type: 'PauseRequested', data };
    case 'resume':
      return { type: 'ResumeRequested', data };
    case 'waive':
      return waive(ask, status);
    case 'rollback':
      return rollback(ask, data);
    case 'retarget':
      return retargeted(ask, request, status, ground);
    case 'abort':
      return { type: 'AbortRequested', data };
    case 'finalize':
      return { type: 'FinalizeRequested', data };
    case 'retry':
      return nodeId === undefined ? nodeMissing(command) : { type: 'RetryRequested', data: { ...data, nodeId } };
    case 'skip':
      return nodeId === undefined ? nodeMissing(command) : { type: 'SkipRequested', data: { ...data, nodeId } };
    case 'evict':
      if (nodeId === undefined) return nodeMissing(command);
      return { type: 'EvictRequested', data: { ...data, nodeId, confirmedDown } };
    default:
      return assertNever(command);
  }
};

const rollback = ({ nodeId, lane, wave }: AskOfUpgrade, data: RollbackRequested['data']): UpgradeEvent | Refused => {
  const part = {
    ...(nodeId !== undefined && { nodeId }),
    ...(lane !== undefined && { lane }),
    ...(wave !== undefined && { wave }),
  };
  if (Object.keys(part).length > 1)
    return refuse('parts-mixed', 'Name a node, a lane or a wave, or none of them for all.');
  return { type: 'RollbackRequested', data: { ...data, ...part } };
};

/** Goes over to another release from where it stands. What may yet come up of the old one counts as running. */
const retargeted = (
  { to, reason }: AskOfUpgrade,
  request: Request,
  { lanes }: UpgradeStatus,
  { cluster, retarget }: OperatorGround,
): UpgradeEvent | Refused => {
  if (to === undefined) return refuse('target-missing', 'retarget is about a release. Name it: {"to": "6.6.900"}.');
  if (reason === undefined) return refuse('reason-missing', 'A retarget is kept with its reason: {"reason": "..."}.');
  if (to === request.to) return refuse('already-running', `${request.upgradeId} goes to ${to} already: resume it.`);
  if (!retarget) throw new Error('a retarget is decided on the members and the catalogue');
  const { strategy: asked, ...surroundings } = retarget;
  const strategy = asked
    ? withFlags(asked, { force: false, disruptive: request.disruptive === true })
    : request.strategy;
  const comingUp = lanes.flatMap(({ token, direction }) =>
    token ? [direction === 'back' ? request.from : request.to] : [],
  );
  const { clusterId, select } = request;
  const next = findRetarget(
    { clusterId, to, strategy, comingUp, ...(select && { select }) },
    { cluster, ...surroundings },
  );
  return 'refused' in next ? next : { type: 'RetargetRequested', data: { to, reason, next } };
};

/** A name that cannot be waived is wrong in whatever state the upgrade is. */
const unwaivableOf = ({ check }: AskOfUpgrade, checks: readonly Waivable[]): Refusal | undefined => {
  if (check !== undefined) return refusedWaiver(check, checks);
  const names = checks.map(({ name }) => name).join(', ');
  return {
    kind: 'unknown-check',
    message: `waive is about a check. Name it: {"check": "..."}. There are: ${names}.`,
  };
};

/** A check that passed needs no waiver, and one of another name nobody has seen fail. */
const waive = ({ check = '', reason }: AskOfUpgrade, status: UpgradeStatus): UpgradeEvent | Refused => {
  if (reason === undefined) return refuse('reason-missing', `A waiver is kept with its reason: {"reason": "..."}.`);
  const failed = [...new Set(failedChecks(status).map((one) => one.check))];
  if (failed.includes(check)) return { type: 'WaiverGiven', data: { check, reason } };
  return refuse('illegal-command', `${check} has not failed, or was waived. These failed: ${failed.join(', ')}.`);
};

/** Only the wave that waits can be approved: nobody has seen yet what comes before another. */
const approved = ({ wave, reason }: AskOfUpgrade, { blockedBy }: UpgradeStatus): UpgradeEvent | Refused => {
  const waiting = blockedBy.find(({ kind }) => kind === AWAITS_APPROVAL)?.wave ?? 0;
  if (wave !== undefined && wave !== waiting) {
    return refuse('illegal-command', `Wave ${wave} does not wait to be approved; wave ${waiting} does.`);
  }
  return { type: 'ApprovalGiven', data: { wave: waiting, ...(reason !== undefined && { reason }) } };
};

const nodeMissing = (command: OperatorCommand) =>
  refuse('node-missing', `${command} is about one node. Name it: {"nodeId": "..."}.`);

const evict = (
  ask: AskOfUpgrade,
  event: UpgradeEvent,
  clusterId: string,
  { node, cluster, intent }: OperatorGround,
): Decision<Asked> => {
  const { nodeId = '', confirmedDown = false, reason = 'evicted by an operator' } = ask;
  // Evicted by this upgrade it may be asked for again, now that the node is known to be down.
  if (node.status === 'evicted' && !intent.evicted[nodeId]) {
    return refuse('illegal-command', `${nodeId} was evicted before this upgrade began and has no part in it.`);
  }
  const eviction = decideNode({ type: 'EvictNode', clusterId, nodeId, reason, confirmedDown }, node, cluster);
  if ('refused' in eviction) return eviction;
  return accept<Asked>(event, ...onStream(`node-${clusterId}_${nodeId}`, eviction.events));
};

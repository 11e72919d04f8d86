import type { Blocker, OperatorCommand, UpgradeState, UpgradeStatus } from '@baton/contracts';
import { tooLate } from './rollback.js';

/** Why an upgrade is not moving, or what it is doing, and what may be done about it. */
export interface Explanation {
  readonly upgradeId: string;
  readonly state: UpgradeState;
  readonly position: number;
  /** One sentence or two for people. */
  readonly summary: string;
  /** Never empty before the upgrade is over. */
  readonly waiting: readonly Blocker[];
  /** Requests to the gateway, one a line, that are legal now; those that end a wait come first. */
  readonly next: readonly string[];
}

const NEEDS_NODE: ReadonlySet<OperatorCommand> = new Set(['retry', 'skip', 'evict']);

/** Answers `why is it not moving` from the status alone; `now` in milliseconds since 1970. */
export const explain = (status: UpgradeStatus, now: number): Explanation => {
  const { upgradeId, state, position, blockedBy } = status;
  const summary = [summaryOf(status), forced(status), mixture(status, now)].filter(Boolean).join(' ');
  return { upgradeId, state, position, summary, waiting: blockedBy, next: nextLines(status, now) };
};

const summaryOf = (status: UpgradeStatus): string => {
  const { upgradeId, state, stage, from, to, nodes, versions, progress, blockedBy, dryRun, path } = status;
  const subject = dryRun ? `Plan ${upgradeId}` : `Upgrade ${upgradeId}`;
  const over = `${versions[to] ?? 0} of ${nodes.length} nodes run ${to}.`;
  const done = `${progress.done} of ${progress.total} done`;
  const hop = path && path.hops.length > 1 ? `, hop ${path.hop} of ${path.hops.length} of ${path.text}` : '';
  const way = `${from} to ${to}${hop}`;
  const where = `${subject} (${way}) is ${state} in its ${stage}, ${done}; ${over}`;
  const [first, ...others] = blockedBy;
  if (!first) return `${subject} (${way}) is ${state}; ${over}`;
  const more = others.length === 0 ? '' : ` And ${others.length} more.`;
  return `${where} ${first.what}${more}`;
};

/** What one asks first when several nodes are down. */
const forced = ({ asked: { by, reason, force } }: UpgradeStatus): string =>
  force ? `${by} forced it, so all nodes of a wave go at once: ${reason ?? 'no reason was given'}.` : '';

/** two versions side by side for longer than the strategy lets them be. */
const mixture = ({ mixed, versions }: UpgradeStatus, now: number): string => {
  if (!mixed || now < Date.parse(mixed.validUntil)) return '';
  const names = Object.keys(versions).toSorted().join(' and ');
  return `It runs ${names} side by side since ${mixed.since}: after ${mixed.validUntil} that is not a valid design.`;
};

const nextLines = (status: UpgradeStatus, now: number): readonly string[] => {
  const { upgradeId, blockedBy } = status;
  const isLate = tooLate(status, now) !== undefined;
  const allowed = status.allowed.filter((command) => command !== 'rollback' || !isLate);
  const line = (command: OperatorCommand, nodeId?: string, check?: string): string => {
    const path = `POST /v1/upgrades/${upgradeId}/${command}`;
    if (command === 'retarget') return `${path} {"to":"...","reason":"..."}`;
    if (command === 'waive') return `${path} {"check":"${check ?? ''}","reason":"..."}`;
    return NEEDS_NODE.has(command) && nodeId !== undefined ? `${path} {"nodeId":"${nodeId}"}` : path;
  };
  const unblocking = blockedBy.flatMap(({ unblock, nodeId, check }) =>
    unblock
      .filter((command) => nodeId !== undefined || !NEEDS_NODE.has(command))
      .map((command) => line(command, nodeId, check)),
  );
  const others = allowed
    .filter((command) => !NEEDS_NODE.has(command) && command !== 'waive')
    .map((command) => line(command));
  return [...new Set([...unblocking, ...others])];
};

import type { ProblemKind } from '../problems/kinds.js';

const planId = 'p01kaj3v5mz8r0c2d4e6g7h9jkn';
const latest = { summary: 'To the latest build of a line', value: { to: '1.1' } };
const exact = { summary: 'To a version, by a strategy', value: { to: '1.1.0', strategy: 'default' } };

const chosen = {
  summary: 'Only some nodes, where the strategy lets a request choose',
  value: { select: { labels: { region: 'eu-west' } }, strategy: 'gateways' },
};

/** Bodies that can be sent as they are. */
export const PLAN_REQUESTS = { latest, exact, chosen };

export const UPGRADE_REQUESTS = {
  ...{ latest, exact, chosen },
  held: { summary: 'Wait for a commit once all is staged', value: { to: '1.1.0', autoCommit: false } },
  planned: { summary: 'From a plan', value: { planId, reason: 'CVE-2026-0001' } },
  waived: {
    summary: 'With a check that only warns when it fails',
    value: { to: '1.1.0', waivers: [{ check: 'connectivity', reason: 'that way is closed on purpose' }] },
  },
  forced: {
    summary: 'From below the minimum, all nodes of a wave at once',
    value: { to: '1.1.0', force: true, reason: 'the old version must go today' },
  },
};

export const COMMAND_BODIES = {
  whole: {
    summary: 'About the upgrade: commit, pause, resume, rollback, abort, finalize',
    value: { reason: 'maintenance' },
  },
  node: {
    summary: 'About a node: retry, skip, evict, rollback',
    value: { nodeId: 'n2', reason: 'the disk was swapped' },
  },
  lane: {
    summary: 'About the holder of a token: retry, skip; or a whole lane: rollback',
    value: { lane: 'main', reason: 'the disk was swapped' },
  },
  wave: { summary: 'rollback of a whole wave', value: { wave: 1, reason: 'to see it' } },
  check: {
    summary: 'About a check that failed: waive',
    value: { check: 'connectivity', reason: 'that way is closed on purpose' },
  },
  release: {
    summary: 'To another release: retarget',
    value: { to: '1.2.0', reason: '1.1.0 leaks, and 1.2.0 is the fix' },
  },
  down: {
    summary: 'evict a node that cannot answer, and is off and stays off',
    value: { nodeId: 'n2', confirmedDown: true, reason: 'its board is broken' },
  },
};

export const RETARGET_REQUESTS = {
  fixed: {
    summary: 'To the fixed release',
    value: { to: '1.2.0', strategy: 'default', reason: '1.1.0 leaks, and 1.2.0 is the fix' },
  },
};

/** What may be wrong with the version and the strategy of a request. */
export const OF_TARGET = [
  'bad-version',
  'unknown-version',
  'lower-version',
  'already-running',
  'rule-forbids',
  'bad-selection',
  'reason-missing',
  'unknown-strategy',
  'unknown-check',
  'check-not-waivable',
] as const satisfies readonly ProblemKind[];

/** What each command does, in the order in which an upgrade comes to need them. */
export const COMMANDS = [
  'The status lists the commands that are legal now (`allowed`), and `explain` those that end the wait.',
  '',
  '- `commit`: a prepared upgrade starts its rollout',
  '- `approve`: the wave that waits for it begins; with `wave` only if it is that one',
  '- `pause`: no further token and no new transfer; a node that holds a token ends',
  '- `resume`: goes on; from `blocked` all checks are made again, a stalled node is judged again as it is',
  '- `waive`: the `check` that failed only warns from then on, with a reason; all checks are made again when none that failed is left',
  '- `retry`: another attempt at a stalled node',
  '- `skip`: a node that waits or is stalled stays on its version',
  '- `evict`: a node leaves the cluster; `confirmedDown` is your word that it is off and stays off',
  '- `rollback`: every node that moved goes back, the last one first; with `nodeId`, `lane` or `wave` that part only',
  '- `retarget`: `to` another release from where it stands, with a reason, once no node holds a token; refused unless every two versions that are live then may run side by side',
  '- `abort`: ends it where it stands, once no node holds a token',
  '- `finalize`: the old version is given up, and there is no way back',
].join('\n');

import { ACTIVATIONS, NODE_STATES, OPERATOR_COMMANDS, STAGE_NAMES, UPGRADE_STATES } from '@baton/contracts';
import { count, flag, list, mapOf, object, oneOf, ref, text, time, type Shape } from './shape.js';

/** What others notice of a release. */
export const effects = object({
  'disruptive?': flag('Clients notice it'),
  'restarts?': list(text(), 'Services that it restarts: their users must connect again'),
  'features?': list(text(), 'It is for those who use these'),
});

const partition = object({
  'version?': text('Absent: empty'),
  'sha256?': text(),
  state: oneOf(['good', 'bad', 'released', 'empty']),
  'ran?': mapOf(text(), 'By layer: what it runs from it, or ran when it last did; absent: never'),
});

/** Of each partition that is known. */
export const partitions = object({ 'A?': partition, 'B?': partition });

const partitionName = oneOf(['A', 'B']);

const blocker = object({
  what: text('A sentence'),
  kind: text('For machines, e.g. boot-late, check-failed, awaits-commit'),
  'nodeId?': text(),
  'lane?': text(),
  'check?': text('That failed'),
  'wave?': count('The wave that waits to be approved'),
  since: time(),
  evidence: list(count(), 'Positions of the log'),
  unblock: list(oneOf(OPERATOR_COMMANDS), 'The commands that end the wait'),
  'remedy?': text('What to do first'),
});

const token = object({ nodeId: text(), epoch: count(), since: time() });

const lane = object({
  lane: text(),
  wave: count(),
  direction: oneOf(['forward', 'back']),
  state: oneOf(['waiting', 'rolling', 'stalled', 'closed']),
  'token?': token,
});

const node = object({
  nodeId: text(),
  'lane?': text(),
  'wave?': count(),
  state: oneOf(NODE_STATES),
  'active?': partitionName,
  'passive?': partitionName,
  'partitions?': partitions,
  layers: mapOf(text(), 'Running versions by layer'),
  attempt: count(),
  since: time(),
  'error?': text(),
});

const check = object({
  check: text(),
  result: oneOf(['passed', 'warned', 'failed']),
  'nodeId?': text(),
  evidence: text(),
  remedy: text(),
  'consequence?': text('What may happen to those who waive it; absent: it passed, or it cannot be waived'),
  'waived?': object({ by: text(), reason: text() }, 'It failed and only warns'),
});

const waivers = list(object({ check: text(), by: text(), reason: text() }), 'Checks that only warn when they fail');

const common = {
  clusterId: text(),
  from: text(),
  to: text(),
  strategy: text(),
};

const interrupts = list(text(), 'Protocols whose clients are interrupted; absent: the strategy does not say');

/** The way that an upgrade is a part of. */
const path = object(
  {
    strategy: text(
      'The one that was asked for; a table of modes, or `versions.followers`, may have others take the hops',
    ),
    text: text('Where it ends, and the lines that it goes through, e.g. `UserConnect-6.6.123 (6.5,6.6)`'),
    hops: list(
      object({
        ...{ from: text(), to: text(), strategy: text(), activation: oneOf(ACTIVATIONS) },
        changes: oneOf(['major', 'minor', 'build']),
        turns: count('So many turns come one after the other'),
        down: count('So many nodes are down at a time, at most'),
        expectedMs: count('If each step takes as long as the strategy allows it and nothing stalls'),
        'interrupts?': interrupts,
        'effects?': effects,
        'oneWay?': flag('What went over in this hop does not go back'),
      }),
      'Each is an upgrade of its own',
    ),
    hop: count('Which of the hops this is, from 1'),
    'continues?': text('The upgrade of the hop before'),
  },
  'Absent in old logs: one hop',
);

const rollback = object({
  ...{ possible: flag(), 'until?': text(), 'reason?': text() },
  'waves?': list(count(), 'Only these go back; absent: all'),
});

/** What the read models and the log say of an upgrade, by name. */
export const UPGRADE_SHAPES: Readonly<Record<string, Shape>> = {
  Blocker: blocker,
  UpgradeStatus: object({
    ...{ upgradeId: text(), upgradeNo: count(), ...common, dryRun: flag() },
    asked: object(
      {
        ...{ by: text(), 'reason?': text(), 'force?': flag(), 'disruptive?': flag() },
        'select?': object({ 'nodes?': list(text()), 'labels?': mapOf(text()) }),
        'acknowledge?': list(text()),
      },
      'Who asked for it, why, and what the request said against its strategy',
    ),
    'path?': path,
    'continuedBy?': text('The upgrade of the next hop, or that it was retargeted to'),
    'retargetedTo?': text('Somebody had it end for an upgrade to this release'),
    'retargets?': text('The upgrade that was retargeted, and that this one took over from'),
    state: oneOf(UPGRADE_STATES),
    stage: oneOf(STAGE_NAMES),
    'wave?': count('That is under way, or was last'),
    position: count('Of the last event of this upgrade; also its ETag'),
    ...{ startedAt: time(), updatedAt: time(), 'endedAt?': time() },
    progress: object({ done: count(), total: count() }),
    versions: mapOf(count(), 'How many nodes run which version'),
    lanes: list(lane),
    nodes: list(node),
    checks: list(check),
    'waivers?': waivers,
    blockedBy: list(ref('Blocker'), 'Why it waits; never empty before it is over'),
    rollback,
    'mixed?': object({ since: time(), validUntil: time() }),
    allowed: list(oneOf(OPERATOR_COMMANDS), 'The commands that are legal now'),
  }),
  Explanation: object({
    ...{ upgradeId: text(), state: oneOf(UPGRADE_STATES), position: count() },
    summary: text('One sentence or two'),
    waiting: list(ref('Blocker')),
    next: list(text(), 'Requests that are legal now; those that end a wait come first'),
    parked: list(
      object({
        ...{ service: text(), consumer: text(), 'stream?': text(), subject: text() },
        ...{ position: count(), error: text(), at: time() },
      }),
      'Messages that a service gave up on',
    ),
  }),
  Plan: object({
    ...{ planId: text(), ...common, 'path?': path },
    state: oneOf(['checking', 'passed', 'refused']),
    ...{ position: count(), startedAt: time(), updatedAt: time() },
    'digest?': text('An upgrade that is started from this plan checks that it would be the same'),
    'summary?': object({
      waves: list(object({ wave: count(), name: text(), lanes: count(), nodes: count() })),
      nodes: count(),
      seeds: list(text(), 'The first of them get the artifact first'),
      skipped: list(object({ nodeId: text(), why: text() })),
      ...{ from: text(), to: text(), disruption: text('What clients notice') },
      'interrupts?': interrupts,
      'workloads?': object(
        { total: count(), disrupted: count(), moved: count(), movedTwice: count() },
        'Of those that nodes named; absent: they named none',
      ),
      'statements?': list(text(), 'What somebody will notice, or should know before it begins'),
      'expectedMs?': count('If each step takes as long as the strategy allows it and nothing stalls'),
      'notes?': text('Of the release'),
      'companions?': list(text(), 'To be upgraded along with it'),
      'rollback?': object({
        possible: flag(),
        waves: list(count(), 'That the strategy lets go back'),
        commitPoints: list(count(), 'Once one of these is over, it and those before it stay'),
        'withinMs?': count('So long after completion; absent: until finalized'),
        'why?': text('Why it is not possible'),
      }),
    }),
    lanes: list(object({ wave: count(), lane: text(), nodes: list(text(), 'In their order') })),
    workloads: list(
      object({
        ...{ nodeId: text(), workload: text(), disrupted: flag('Its clients notice it'), why: text() },
        'protocols?': list(text()),
        'moves?': count('How often it moves at least; absent: it need not'),
      }),
      'Of nodes that go over, in the order in which they go',
    ),
    checks: list(check),
    'waivers?': waivers,
    blockedBy: list(ref('Blocker')),
  }),
};

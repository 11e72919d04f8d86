import canonicalize from 'canonicalize';
import { categoryOf, clusterOf, groupBy, nameOf, timeOf } from '../evidence/event.js';
import type { Exported } from '../history.js';
import { GENESIS, hashAfter } from './chain.js';
import type { Check } from './check.js';

const contiguous: Check = {
  invariant: 'INV-1',
  says: 'positions are 1..N in the order of time, and the hash chain verifies',
  of: 'events',
  needs: ['log'],
  look: ({ log }, findings) => {
    let previous = GENESIS;
    let latest = 0;
    for (const [index, event] of log.entries()) {
      const isCounted = Number.isSafeInteger(event.position) && event.position > 0;
      const hash = isCounted ? hashAfter(previous, event).toString('hex') : '';
      findings.look(
        event,
        [event.position === index + 1, `line ${index + 1} of the log has this position`],
        [hash === event.hash, 'the hash chain breaks here'],
        [timeOf(event) >= latest, `it was recorded at ${event.time}, before the one before it`],
      );
      previous = Buffer.from(event.hash, 'hex');
      latest = Math.max(latest, timeOf(event));
    }
  },
};

const OF_AN_UPGRADE = new Set(['upgrade', 'precheck', 'distribution', 'staging', 'rollout', 'lane']);

/** `lane-u1_main` → `u1`. */
const upgradeOfStream = ({ subject }: Exported): string =>
  subject.slice(subject.indexOf('-') + 1).split('_')[0] ?? subject;

const streamVersions: Check = {
  invariant: 'INV-2',
  says: 'each stream is 1..k in position order, of one cluster and one upgrade',
  of: 'events',
  needs: ['log'],
  look: ({ log }, findings) => {
    const streams = new Map<string, { readonly cluster: string; readonly version: number }>();
    for (const event of log) {
      const { subject, streamversion } = event;
      const before = streams.get(subject) ?? { cluster: clusterOf(event), version: 0 };
      const isNext = streamversion === before.version + 1 && event.id === `${subject}:${streamversion}`;
      const isOwn = !OF_AN_UPGRADE.has(categoryOf(event)) || event.upgradeid === upgradeOfStream(event);
      findings.look(
        event,
        [isNext, `it is ${event.id}, and version ${before.version + 1} of its stream comes next`],
        [isOwn, `its upgrade is ${event.upgradeid ?? 'none'}`],
        [before.cluster === clusterOf(event), `its stream is of cluster ${before.cluster}`],
      );
      streams.set(subject, { cluster: before.cluster, version: streamversion });
    }
  },
};

const commandOnce: Check = {
  invariant: 'INV-5',
  says: 'a command was taken once: its events came in one append, each once',
  of: 'commands',
  needs: ['log'],
  look: ({ log }, findings) => {
    for (const [commandId, events] of groupBy(log, ({ commandid }) => commandid)) {
      const whatOf = (event: Exported): string => `${event.subject} ${nameOf(event)} ${canonicalize(event.data) ?? ''}`;
      const first = events[0] as Exported;
      const wrong =
        events.find(({ position }, index) => position !== first.position + index) ??
        events.find(({ time, actor }) => time !== first.time || actor !== first.actor) ??
        events.find((event, index) => events.slice(0, index).some((one) => whatOf(one) === whatOf(event)));
      findings.look(wrong ?? first, [!wrong, `${commandId} was taken before, at ${first.position}`]);
    }
  },
};

export const logChecks: readonly Check[] = [contiguous, streamVersions, commandOnce];

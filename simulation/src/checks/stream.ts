import canonicalize from 'canonicalize';
import type { Check } from './check.js';

const relayOrder: Check = {
  invariant: 'INV-7',
  says: 'message s of the stream is event s of the log, unchanged',
  of: 'messages',
  needs: ['log', 'stream'],
  look: ({ log, stream }, findings) => {
    for (const [index, { seq, event }] of stream.entries()) {
      const isNext = seq === index + 1 && event.position === seq;
      const logged = log[seq - 1];
      const isSame = logged !== undefined && canonicalize(logged) === canonicalize(event);
      findings.look(
        event,
        [isNext, `it is message ${seq}, where message ${index + 1} comes next`],
        [isSame, `message ${seq} is not what the log says at ${seq}`],
      );
    }
  },
};

const relayComplete: Check = {
  invariant: 'INV-8',
  says: 'the stream ends where the log ends, and misses nothing',
  of: 'events',
  needs: ['log', 'stream'],
  look: ({ log, stream }, findings) => {
    const relayed = new Set(stream.map(({ seq }) => seq));
    for (const event of log) findings.look(event, [relayed.has(event.position), 'the stream has no such message']);
    const last = stream.at(-1);
    if (last) findings.look(last.event, [last.seq <= log.length, `message ${last.seq} comes after the end of the log`]);
  },
};

export const streamChecks: readonly Check[] = [relayOrder, relayComplete];

import type { History } from '../history.js';
import type { Violations } from '../violations.js';

export const relayOrder = ({ log, stream = [] }: History): Violations =>
  stream.flatMap(({ seq, event }, index) => {
    const logged = log[seq - 1];
    if (seq !== index + 1) return [`message ${index + 1} has sequence ${seq}`];
    if (event.position !== seq) return [`message ${seq} carries position ${event.position}`];
    return logged?.hash === event.hash ? [] : [`message ${seq} has another hash than the log`];
  });

export const relayComplete = ({ log, stream }: History): Violations =>
  stream === undefined || stream.length === log.length
    ? []
    : [`the stream holds ${stream.length} messages, the log ${log.length} events`];

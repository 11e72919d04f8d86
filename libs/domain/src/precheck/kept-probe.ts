import type { ProbeResult } from '@baton/contracts';
import { LIST_BYTES_MAX, bytesOf, fitting } from './event-size.js';
import type { Probed } from './state.js';

const PORTS_BYTES_MAX = 16 * 1024;
const NAMES_BYTES_MAX = 6 * 1024;

/** Nothing of it needs another try. */
export const isAllWell = ({ failures, ports = [], names = [] }: ProbeResult): boolean =>
  failures.length === 0 && [...ports, ...names].every(({ ok }) => ok);

/** As much of what a node saw as fits into an event; what is left out counts as not tried. */
export const keptOf = ({ reached, failures, ports, names }: ProbeResult): Probed => {
  const seen = {
    ...(ports && { ports: fitting(ports, PORTS_BYTES_MAX) }),
    ...(names && { names: fitting(names, NAMES_BYTES_MAX) }),
  };
  return { reached, failed: failures.length, failures: fitting(failures, LIST_BYTES_MAX - bytesOf(seen)), ...seen };
};

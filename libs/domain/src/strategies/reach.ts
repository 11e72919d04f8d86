import type { NameRule, ReachRule, Strategy } from '@baton/contracts';
import {
  contradiction,
  listOf,
  mapOf,
  matching,
  optional,
  record,
  textOr,
  wholeNumber,
  type StrategyError,
} from './rules.js';

/** A command to a node with more would outgrow the bus, and its answer an event. */
const ENTRIES_MAX = 16;

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const NAME = `(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*\\.?`;
const ADDRESS_6 = '[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{0,39}';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const PORT = '(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';

const labels = mapOf(matching(/\S/, 'a text'));
const host = matching(new RegExp(`^(?:${NAME}|${ADDRESS_6})$`), 'a host name or an address');
const name = matching(new RegExp(`^${NAME}$`), 'a host name');
const server = matching(
  new RegExp(`^(?:${BYTE}(?:\\.${BYTE}){3}(?::${PORT})?|${ADDRESS_6}|\\[${ADDRESS_6}\\]:${PORT})$`),
  'the address of a resolver, e.g. 8.8.8.8 or 127.0.0.1:5353',
);

export const reachFields = listOf(
  record<ReachRule>({
    from: optional(labels),
    to: textOr(host, labels, 'a host name, an address, or a map of labels'),
    port: wholeNumber(1, 65_535, 'TCP port'),
  }),
);

export const nameFields = listOf(record<NameRule>({ from: optional(labels), name, server: optional(server) }));

/** What no field of them can say alone. */
export const reachContradictions = ({ reach = [], names = [] }: Strategy): readonly StrategyError[] =>
  Object.entries({ reach, names }).flatMap(([field, entries]) =>
    entries.length > ENTRIES_MAX
      ? [contradiction([field], `must have at most ${ENTRIES_MAX} entries, not ${entries.length}`)]
      : [],
  );

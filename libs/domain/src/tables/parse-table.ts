import type { ModeRow, ModesTable } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import {
  contradiction,
  listOf,
  matching,
  oneOf,
  optional,
  record,
  type Rule,
  type StrategyError,
} from '../strategies/rules.js';

/** A table of any kind. */
export type Table = ModesTable;

const id = matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63');
const text = matching(/\S/, 'a text');
const line = matching(
  /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){0,2}$/,
  'Major, Major.Minor or Major.Minor.Build in quotes, e.g. "6.5"',
);
const day = matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day in quotes, e.g. "2026-01-31"');

const modes: Rule<ModesTable> = record<ModesTable>({
  name: id,
  kind: oneOf('modes'),
  title: text,
  source: text,
  rows: listOf(record<ModeRow>({ from: optional(line), to: optional(line), strategy: id, since: day })),
});

const repeated = ({ rows }: ModesTable): readonly StrategyError[] => {
  const keys = rows.map(({ from = '', to = '', since }) => `${from} ${to} ${since}`);
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : [contradiction(['rows', index], `has the versions and the day of rows[${keys.indexOf(key)}]`)],
  );
};

/** Reads a table from what a YAML parser made of its file; all errors at once, each with the path of its field. */
export const parseTable = (
  value: unknown,
): { readonly table: Table } | { readonly errors: readonly StrategyError[] } => {
  const errors: StrategyError[] = [];
  const table = modes.read(value, [], errors);
  if (table && errors.length === 0) errors.push(...repeated(table));
  return table && errors.length === 0 ? { table } : { errors };
};

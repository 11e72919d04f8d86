import type { HaRow, HaTable, ImageRow, ImagesTable, ModeRow, ModesTable } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import {
  contradiction,
  listOf,
  matching,
  oneOf,
  optional,
  record,
  trueOrFalse,
  wholeNumber,
  type Rule,
  type StrategyError,
} from '../strategies/rules.js';

/** A table of any kind. */
export type Table = ModesTable | HaTable | ImagesTable;

const id = matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63');
const text = matching(/\S/, 'a text');
const line = matching(
  /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){0,2}$/,
  'Major, Major.Minor or Major.Minor.Build in quotes, e.g. "6.5"',
);
const version = matching(/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/, 'Major.Minor.Build in quotes, e.g. "6.5.100"');
const day = matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a day in quotes, e.g. "2026-01-31"');

/** What a table of each kind is read by. */
const KINDS: { readonly [Kind in Table['kind']]: Rule<Extract<Table, { kind: Kind }>> } = {
  modes: record<ModesTable>({
    name: id,
    kind: oneOf('modes'),
    title: text,
    source: text,
    rows: listOf(record<ModeRow>({ from: optional(line), to: optional(line), strategy: id, since: day })),
  }),
  ha: record<HaTable>({
    name: id,
    kind: oneOf('ha'),
    title: text,
    source: text,
    rows: listOf(
      record<HaRow>({
        ...{
          from: optional(line),
          to: optional(line),
          ha: optional(id),
          nodes: optional(wholeNumber(2, 1000, 'nodes')),
        },
        ...{ disrupted: trueOrFalse, judged: optional(oneOf('workload', 'group')), since: day },
      }),
    ),
  }),
  images: record<ImagesTable>({
    name: id,
    kind: oneOf('images'),
    title: text,
    source: text,
    rows: listOf(record<ImageRow>({ software: line, image: version, since: day })),
  }),
};
const KIND_NAMES = Object.keys(KINDS) as Table['kind'][];

/** What tells a row from others: two rows that are alike in it would say two things of the same. */
const keyOf = (row: ModeRow | HaRow | ImageRow): string => {
  if ('software' in row) return JSON.stringify([row.software, row.since]);
  const { from, to, since } = row;
  const of = 'disrupted' in row ? [row.ha, row.nodes] : [];
  return JSON.stringify([from, to, since, ...of]);
};

const repeated = ({ rows }: Table): readonly StrategyError[] => {
  const keys = rows.map(keyOf);
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
  const kind = (value as { readonly kind?: unknown } | null | undefined)?.kind;
  const known = KIND_NAMES.find((name) => name === kind);
  if (known === undefined) oneOf(...KIND_NAMES).read(kind, ['kind'], errors);
  const table = known && KINDS[known].read(value, [], errors);
  if (table && errors.length === 0) errors.push(...repeated(table));
  return table && errors.length === 0 ? { table } : { errors };
};

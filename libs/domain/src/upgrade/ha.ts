import type { HaTable, Membership, Request } from '@baton/contracts';
import { haRowsOf } from '../plan/ha-rows.js';
import type { Route } from './route.js';

/** The tables of high availability that strategies name. */
export interface HaTables {
  /** By name. */
  readonly tables: ReadonlyMap<string, HaTable>;
  /** `2026-01-31`: rows of later days do not count yet. */
  readonly today: string;
}

/** Of each table that a strategy of the path names, the rows about versions that nodes run on the way. */
export const haOf = (
  ha: HaTables | undefined,
  { strategy, path }: Pick<Route, 'strategy' | 'path'>,
  members: readonly Membership[],
): Request['ha'] => {
  const names = [strategy, ...Object.values(path.strategies ?? {})].flatMap((one) => one.ha ?? []);
  if (!ha || names.length === 0) return undefined;
  const versions = [
    ...members.flatMap(({ layers }) => layers[strategy.layer] ?? []),
    ...path.hops.map(({ from }) => from),
  ];
  const rowsOf = (name: string) => {
    const table = ha.tables.get(name);
    return table ? haRowsOf(table, versions, ha.today) : [];
  };
  return Object.fromEntries([...new Set(names)].map((name) => [name, rowsOf(name)]));
};

import type { Membership, Request } from '@baton/contracts';
import { haRowsOf } from '../plan/ha-rows.js';
import type { HaTables } from './request-upgrade.js';

/** Of each table that a strategy of the path names, the rows about versions that nodes run on the way. */
export const haOf = (
  ha: HaTables | undefined,
  { strategy, path }: Pick<Request, 'strategy' | 'path'>,
  members: readonly Membership[],
): Request['ha'] => {
  const names = [strategy, ...Object.values(path?.strategies ?? {})].flatMap((one) => one.ha ?? []);
  if (!ha || names.length === 0) return undefined;
  const versions = [
    ...members.flatMap(({ layers }) => layers[strategy.layer] ?? []),
    ...(path?.hops ?? []).map(({ from }) => from),
  ];
  const rowsOf = (name: string) => {
    const table = ha.tables.get(name);
    return table ? haRowsOf(table, versions, ha.today) : [];
  };
  return Object.fromEntries([...new Set(names)].map((name) => [name, rowsOf(name)]));
};

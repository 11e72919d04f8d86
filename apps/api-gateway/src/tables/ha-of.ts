import type { HaTable, Strategy } from '@baton/contracts';
import type { HaTables } from '@baton/domain';
import { refusedProblem } from '../problems/problem.js';
import type { Tables } from './load-tables.js';

/**
 * The tables of high availability that strategies name; undefined when none does. The problem says what is missing: a
 * strategy may have been published that names what is not there.
 */
export const haOf = (strategies: readonly Strategy[], tables: Tables, today: string): HaTables | undefined => {
  const found = new Map<string, HaTable>();
  for (const { name, ha } of strategies) {
    if (ha === undefined) continue;
    const table = tables.get(ha);
    if (table?.kind === 'ha') found.set(ha, table);
    else throw missing(name, ha, tables);
  }
  return found.size > 0 ? { tables: found, today } : undefined;
};

const missing = (strategy: string, name: string, tables: Tables) => {
  const known = [...tables.values()].filter(({ kind }) => kind === 'ha').map((table) => table.name);
  const message = `Strategy ${strategy} names table ${name} of kind ha. There is: ${known.join(', ') || 'none'}.`;
  return refusedProblem({ kind: 'unknown-strategy', message });
};

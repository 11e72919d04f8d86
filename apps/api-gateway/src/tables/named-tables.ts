import type { Strategy } from '@baton/contracts';
import type { Followers, Images, Modes, Table } from '@baton/domain';
import { refusedProblem } from '../problems/problem.js';
import type { Tables } from './load-tables.js';

/**
 * The table of modes that a strategy names, with all strategies that it names; undefined when it names none. The problem
 * says what is missing: a strategy may have been published that names what is not there.
 */
export const modesOf = (
  asked: Strategy,
  tables: Tables,
  strategies: ReadonlyMap<string, Strategy>,
  today: string,
): Modes | undefined => {
  const name = asked.versions?.modes;
  if (name === undefined) return undefined;
  const table = tables.get(name);
  if (table?.kind !== 'modes') throw noTable(asked, name, 'modes', tables);
  const named = [...new Set(table.rows.map(({ strategy }) => strategy))];
  for (const one of named) {
    const strategy = strategies.get(one);
    if (!strategy) throw unusable(`Table ${name} names strategy ${one}, and there is none.`);
    if (strategy.layer !== asked.layer) {
      throw unusable(
        `Table ${name} names strategy ${one} of layer ${strategy.layer}; ${asked.name} is of ${asked.layer}.`,
      );
    }
  }
  return { table, strategies: new Map(named.flatMap((one) => [[one, strategies.get(one) ?? asked]])), today };
};

/** The table of images that a strategy names; undefined when it names none. The problem says what is missing. */
export const imagesOf = (asked: Strategy, tables: Tables, today: string): Images | undefined => {
  const { images: name } = asked;
  if (name === undefined) return undefined;
  const table = tables.get(name);
  if (table?.kind !== 'images') throw noTable(asked, name, 'images', tables);
  return { table, today };
};

/** The strategy by which others come after those that lead; undefined when none is named. The problem says what is missing. */
export const followersOf = (
  asked: Strategy,
  tables: Tables,
  strategies: ReadonlyMap<string, Strategy>,
  today: string,
): Followers | undefined => {
  const name = asked.versions?.followers;
  if (name === undefined) return undefined;
  const strategy = strategies.get(name);
  if (!strategy)
    throw unusable(`Strategy ${asked.name} names strategy ${name} in versions.followers, and there is none.`);
  if (strategy.layer !== asked.layer) {
    throw unusable(
      `Strategy ${name} is of layer ${strategy.layer}; ${asked.name}, which names it, is of ${asked.layer}.`,
    );
  }
  const images = imagesOf(strategy, tables, today);
  return { strategy, ...(images && { images }) };
};

const noTable = ({ name }: Strategy, table: string, kind: Table['kind'], tables: Tables) => {
  const known = [...tables.values()].filter((one) => one.kind === kind).map((one) => one.name);
  return unusable(`Strategy ${name} names table ${table} of kind ${kind}. There is: ${known.join(', ') || 'none'}.`);
};

const unusable = (message: string) => refusedProblem({ kind: 'unknown-strategy', message });

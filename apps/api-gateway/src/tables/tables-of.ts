import type { Strategy } from '@baton/contracts';
import type { HaTables, Images } from '@baton/domain';
import { haOf } from './ha-of.js';
import type { Tables } from './load-tables.js';
import { imagesOf } from './named-tables.js';

/** The tables that a strategy names, but for modes, as they are today. */
export const tablesOf = (strategy: Strategy, tables: Tables): { readonly ha?: HaTables; readonly images?: Images } => {
  const today = new Date().toISOString().slice(0, 10);
  const [ha, images] = [haOf([strategy], tables, today), imagesOf(strategy, tables, today)];
  return { ...(ha && { ha }), ...(images && { images }) };
};

/** One page of a list in a stable order; `next` is the key to go on after. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PageQuery {
  readonly after?: string;
  readonly limit: number;
}

/** Of rows that were asked for one more than the limit. */
export const pageOf = <Row, T>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  itemOf: (row: Row) => T,
): Page<T> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), ...(last !== undefined && rows.length > limit && { next: keyOf(last) }) };
};

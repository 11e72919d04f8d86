const pieces = (id: string): readonly string[] => id.match(/\d+|\D+/g) ?? [];
const isNumber = (piece: string): boolean => /^\d/.test(piece);

const comparePieces = (a: string, b: string): number => {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Orders ids as people count: `n2` before `n10`. The same on every machine, unlike a locale's order. */
export const compareIds = (a: string, b: string): number => {
  const [left, right] = [pieces(a), pieces(b)];
  for (const [index, piece] of left.entries()) {
    const other = right[index];
    const order = other === undefined ? 1 : comparePieces(piece, other);
    if (order !== 0) return order;
  }
  if (left.length !== right.length) return left.length - right.length;
  // `n1` and `n01` count the same.
  return a === b ? 0 : a < b ? -1 : 1;
};

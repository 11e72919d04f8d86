/** Well below the 32 KiB that an event may have, which leaves room for its other fields and its meta. */
export const LIST_BYTES_MAX = 24 * 1024;
/** A list longer than this is divided into several events. */
export const PART_ITEMS_MAX = 200;

const encoder = new TextEncoder();

/** The size of a value as JSON, in bytes. */
export const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** Divides a list in order, so that each part fits into an event; an empty list is one empty part. */
export const inParts = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const parts: T[][] = [];
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const more = bytesOf(item);
    if (part.length === PART_ITEMS_MAX || (part.length > 0 && bytes + more > LIST_BYTES_MAX)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += more;
  }
  return [...parts, part];
};

/** The longest head of a list that has at most so many bytes. */
export const fitting = <T>(items: readonly T[], bytesMax = LIST_BYTES_MAX): readonly T[] => {
  let bytes = 0;
  const end = items.findIndex((item) => (bytes += bytesOf(item) + 1) > bytesMax);
  return end === -1 ? items : items.slice(0, end);
};

/** A sentence that fits into an event beside others. */
export const cutText = (text: string, charactersMax = 4000): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax)} ...`;

export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What of a file of that size is asked for; undefined: nothing that it has. A header that cannot be read asks for all. */
export const byteRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  const first = match ? Number(match[1]) : 0;
  const last = match?.[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return first <= last ? { first, last } : undefined;
};

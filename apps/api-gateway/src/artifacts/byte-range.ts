export type ByteRange = { readonly first: number; readonly last: number };

/** `whole`: no (usable) range was asked for; `outside`: 416. One range only; several are answered with the whole. */
export const parseRange = (header: string | undefined, size: number): ByteRange | 'whole' | 'outside' => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return 'whole';
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'outside' : { first: size - length, last: size - 1 };
  }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
  if (to !== '' && Number(to) < first) return 'whole';
  return first >= size ? 'outside' : { first, last };
};

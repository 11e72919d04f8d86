import { stripVTControlCharacters } from 'node:util';

export const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Padded on the right; colours take no width. */
export const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Cut to a width, without breaking a colour off. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  let seen = 0;
  let result = '';
  // Each piece is a colour code or one character.
  for (const [piece] of text.matchAll(/\x1b\[[\d;]*m|./gu)) {
    const isColour = piece.startsWith('\x1b');
    if (isColour || seen < width - 1) result += piece;
    if (!isColour) seen += 1;
  }
  return `${result}…`;
};

/** In as many lines as it takes: none is wider, unless one part alone is. Colours take no width. */
export const wrap = (parts: readonly string[], gap: string, width: number): readonly string[] =>
  parts.reduce<readonly string[]>((lines, part) => {
    const joined = `${lines.at(-1) ?? ''}${gap}${part}`;
    return lines.length > 0 && widthOf(joined) <= width ? lines.with(-1, joined) : [...lines, part];
  }, []);

/** `███████░░░`, for a part of 0 to 1. */
export const bar = (part: number, width: number): readonly [full: string, empty: string] => {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return ['━'.repeat(full), '╌'.repeat(width - full)];
};

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export const duration = (ms: number): string => {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
};

/** `1,234`. */
export const count = (value: number): string => value.toLocaleString('en');

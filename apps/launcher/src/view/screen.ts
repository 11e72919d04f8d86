import { cut } from './text.js';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_RIGHT = '\x1b[0K';
const CLEAR_BELOW = '\x1b[0J';
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');

/** Where we write: lines that stay, and on a terminal a block below them that is drawn again and again. */
export interface Screen {
  readonly isLive: boolean;
  /** Columns and rows; without a terminal there is no limit. */
  readonly size: { readonly columns: number; readonly rows: number };
  line(text?: string): void;
  /** Replaces the block; without a terminal nothing happens. */
  draw(lines: readonly string[]): void;
  /** The block stays as it is, and lines go on below it. */
  keep(): void;
}

export const openScreen = (out: NodeJS.WriteStream): Screen => (out.isTTY ? terminal(out) : plain(out));

const plain = (out: NodeJS.WriteStream): Screen => ({
  isLive: false,
  size: { columns: Infinity, rows: Infinity },
  line: (text = '') => void out.write(`${text}\n`),
  draw: () => undefined,
  keep: () => undefined,
});

const terminal = (out: NodeJS.WriteStream): Screen => {
  let block: readonly string[] = [];
  process.once('exit', () => block.length > 0 && out.write(SHOW_CURSOR));
  const draw = (lines: readonly string[], above = ''): void => {
    const width = out.columns || 80;
    const text = lines.map((line) => `${cut(line, width)}${CLEAR_RIGHT}\n`).join('');
    // In one write, and over what stands there: nobody sees the block half drawn, or gone for a moment.
    const before = above === '' ? '' : `${CLEAR_BELOW}${above}`;
    out.write(`${up(block.length)}\r${before}${text}${CLEAR_BELOW}${lines.length > 0 ? HIDE_CURSOR : SHOW_CURSOR}`);
    block = lines;
  };
  return {
    isLive: true,
    get size() {
      return { columns: out.columns || 80, rows: out.rows || 24 };
    },
    line: (text = '') => draw(block, `${text}\n`),
    draw: (lines) => draw(lines),
    keep: () => {
      if (block.length > 0) out.write(SHOW_CURSOR);
      block = [];
    },
  };
};

import type { Level, Row } from './row.js';

const HEAD = ['goal', 'what', 'Baton', 'floor', 'ratio', 'must', 'stretch', 'the floor is'];
const RIGHT = new Set([2, 3, 4]);

/** The rows as text, columns aligned. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const text = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = '', ...rest] = lines.map(text);
  return [head, rule, ...rest].join('\n');
};

const cellsOf = ({ goal, what, unit, ours, floor, ratio, must, stretch, against }: Row): readonly string[] => [
  goal,
  what,
  `${figure(ours)} ${unit}`,
  floor === undefined ? '' : `${figure(floor)} ${unit}`,
  ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
  levelText(must),
  levelText(stretch),
  against ?? '',
];

const levelText = (level: Level | undefined): string => (level ? `${level.met ? '✔' : '✖'} ${level.text}` : '');

const figure = (value: number): string => {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
};

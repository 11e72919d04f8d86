// Mutations of rules and YAML: one line each that a test with the demand's id in its title must find changed.
import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = 'tools/seeds/mutations';
const NOT_WRITTEN = `
  Q-10 V-06
`;
const ROW = /^\| `([NQVX]-\d\d)` +\| (.*?) +\| ([^|]*?) +\|$/gm;

/** Proven demands whose mutation nobody has written yet; whoever writes one takes it out. */
export const UNWRITTEN = new Set(NOT_WRITTEN.match(/\b[NQVX]-\d\d\b/g) ?? []);

/** All that are committed: `{id, file, line, becomes}`. */
export const readMutations = () =>
  readdirSync(FOLDER)
    .sort()
    .flatMap((file) => parse(readFileSync(`${FOLDER}/${file}`, 'utf8')));

/** The text with that one line changed, whatever its indentation; undefined when it is not there exactly once. */
export const mutate = (text, { line, becomes }) => {
  const lines = text.split('\n');
  const found = lines.flatMap((one, index) => (one.trim() === line ? [index] : []));
  if (found.length !== 1) return undefined;
  const [at] = found;
  return lines
    .with(
      at,
      lines[at].replace(line, () => becomes),
    )
    .join('\n');
};

/** What is wrong with the list itself; empty: every proven demand has a mutation, or is listed without one. */
export const problemsOf = (mutations, proven, unwritten, textOf) => [
  ...mutations.flatMap((one) => {
    if (!proven.includes(one.id)) return [`${one.id} is no demand that a test proves`];
    if (unwritten.has(one.id)) return [`${one.id} has a mutation and is listed without one`];
    const mutated = mutate(textOf(one.file), one);
    if (mutated === undefined) return [`${one.id}: the line is not exactly once in ${one.file}: ${one.line}`];
    return mutated === textOf(one.file) ? [`${one.id}: its mutation changes nothing`] : [];
  }),
  ...proven
    .filter((id) => !unwritten.has(id) && !mutations.some((one) => one.id === id))
    .map((id) => `${id} has no mutation`),
];

const code = (text) => `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;

/** As it stands in the table. */
export const described = ({ file, line, becomes }) =>
  `${file}: ${code(line)} becomes ${becomes === '' ? 'nothing' : code(becomes)}`;

/** What the page says of mutations so far, by id and mutation. */
export const outcomesIn = (page) =>
  new Map([...page.matchAll(ROW)].map(([, id, mutation, outcome]) => [`${id} ${mutation}`, outcome]));

/** The table, of all demands that are proven; a mutation that was changed since it was run says so. */
export const tableOf = (mutations, proven, outcomes) => {
  const rows = proven.flatMap((id) => {
    const own = mutations.filter((one) => one.id === id);
    if (own.length === 0) return [`| \`${id}\` | | no mutation yet |`];
    return own.map((one) => {
      const mutation = described(one);
      return `| \`${id}\` | ${mutation} | ${outcomes.get(`${id} ${mutation}`) ?? 'not run'} |`;
    });
  });
  return ['| of | mutation | outcome |', '| --- | --- | --- |', ...rows].join('\n');
};

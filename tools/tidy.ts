// Style that neither the formatter nor ESLint checks, as a function of one file: what is wrong with it, line by line.
import ts from 'typescript';

export const FILE_LINES_MAX = 400;
export const FUNCTION_LINES_MAX = 70;

const isCode = (path: string): boolean => /\.(ts|mjs)$/.test(path);
const isSpec = (path: string): boolean => /\.spec\.ts$/.test(path);

interface Banned {
  readonly pattern: RegExp;
  readonly message: string;
}

// With one letter in brackets where a pattern would find itself.
const BANNED: readonly Banned[] = [
  { pattern: /\b(FIXM[E]|TOD[O]|XX[X])\b/, message: 'unfinished work: do it or write an issue' },
  { pattern: /\.\.\/share[d]\//, message: 'points out of the repository' },
  { pattern: /(^|[\s'"`(=:])\/(work|home|Users)\/\w/, message: 'names a folder of one machine' },
];
const BANNED_IN_CODE: readonly Banned[] = [
  { pattern: /eslint-disable(?!.* -- \S)/, message: 'say why after two dashes: eslint-disable-next-line rule -- why' },
];
const BANNED_IN_SPECS: readonly Banned[] = [
  { pattern: /\.(only|skip)\(|\b[fx](it|describe|test)\(/, message: 'leaves specs out' },
  { pattern: /\b(setTimeout|sleep|delay)\(/, message: 'sleeps: wait for the thing itself' },
];

const bannedText = (path: string, lines: readonly string[]): string[] => {
  const rules = [...BANNED, ...(isCode(path) ? BANNED_IN_CODE : []), ...(isSpec(path) ? BANNED_IN_SPECS : [])];
  return lines.flatMap((line, index) =>
    rules.filter(({ pattern }) => pattern.test(line)).map(({ message }) => `${path}:${index + 1} ${message}`),
  );
};

const longFunctions = (path: string, text: string): string[] => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const [first, last] = [lineOf(node.getStart()), lineOf(node.end)];
      const lines = last - first + 1;
      if (lines > FUNCTION_LINES_MAX) found.push(`${path}:${first} a function of ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

/** All that is untidy in a file, as `path:line what`. */
export const untidy = (path: string, text: string): string[] => {
  const lines = text.split('\n');
  const findings = bannedText(path, lines);
  if (!isCode(path) || isSpec(path)) return findings;
  if (lines.length > FILE_LINES_MAX + 1) findings.push(`${path}:1 a file of ${lines.length - 1} lines`);
  return [...findings, ...longFunctions(path, text)];
};

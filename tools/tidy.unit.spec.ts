import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_LINES_MAX, FUNCTION_LINES_MAX, untidy } from './tidy.js';

// Written by tools or by others, and as long as they are.
const FOREIGN = ['package-lock.json', 'LICENSE'];
const BINARY = /\.(png|jpg|gif|ico|woff2?|gz|tgz)$/;

// Pieces, so that this file does not find itself.
const cases: [string, string, string][] = [
  ['unfinished work', 'libs/x/src/a.ts', '// TO' + 'DO later'],
  ['a pointer out of the repository', 'docs/a.md', 'see ../sha' + 'red/design.md'],
  ['a folder of one machine', 'docs/a.md', 'cd /wo' + 'rk/main'],
  ['a rule switched off without a reason', 'libs/x/src/a.ts', '// eslint-dis' + 'able-next-line no-console'],
  ['a spec that runs alone', 'libs/x/src/a.unit.spec.ts', 'it.on' + "ly('x', () => {});"],
  ['a spec that is left out', 'libs/x/src/a.unit.spec.ts', 'describe.sk' + "ip('x', () => {});"],
  ['a spec that sleeps', 'libs/x/src/a.unit.spec.ts', 'await sle' + 'ep(100);'],
  ['a long file', 'libs/x/src/a.ts', '\n'.repeat(FILE_LINES_MAX + 1)],
  ['a long function', 'libs/x/src/a.ts', `const f = () => {${'\n'.repeat(FUNCTION_LINES_MAX)}};`],
];

const IGNORED = ['node_modules', 'dist', 'coverage', '.git', '.nx', '.baton'];

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));

// What git tracks; in an unpacked archive, which has no git, all that is there.
const trackedFiles = (): string[] => {
  const { stdout, status } = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files'], { encoding: 'utf8' });
  const paths = status === 0 ? stdout.split('\n').filter(Boolean) : walk('.');
  return paths.filter((path) => !FOREIGN.includes(path) && !BINARY.test(path) && existsSync(path));
};

describe('tidiness', () => {
  it.each(cases)('finds %s', (_title, path, text) => {
    expect(untidy(path, text)).toHaveLength(1);
  });

  it('lets a rule be switched off with a reason', () => {
    expect(
      untidy('libs/x/src/a.ts', '// eslint-dis' + 'able-next-line no-console -- the answer of the command'),
    ).toEqual([]);
  });

  it('finds nothing in this repository', () => {
    const files = trackedFiles();
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => untidy(path, readFileSync(path, 'utf8')))).toEqual([]);
  });
});

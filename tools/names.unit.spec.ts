import { shippedNames } from '@baton/testing';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FOLDERS = ['apps', 'libs', 'simulation', 'tools', 'examples'];
const VENDOR = /\b(nutanix|qumulo|aviatrix|avi|aos)\b|\b(Avi|Qumulo)[A-Z]/i;
/** Where vendors may be named: what speaks as they do, what looks for what is theirs, and the settings of both. */
const ALLOWED = [/\/fronts\//, /\/precheck\/checks\//, /^apps\/api-gateway\/src\/settings\.ts$/];

const files = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...FOLDERS], {
  encoding: 'utf8',
})
  .stdout.split('\n')
  .filter((path) => /\.(ts|mjs)$/.test(path));
const isTest = (path: string): boolean => /\.spec\.ts$|\/test\//.test(path) || path === 'libs/testing/src/shipped.ts';

/** `path:line` of each line that fits. */
const lines = (paths: readonly string[], pattern: RegExp): readonly string[] =>
  paths.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );

/** A quoted word that is the name of a strategy that ships; `default` is a word of the language too. */
const QUOTED = new RegExp(
  `['"\`](${shippedNames()
    .filter((name) => name !== 'default')
    .join('|')})(\\.yaml)?['"\`]`,
);

describe('the names of vendors and of strategies that ship', () => {
  const code = files.filter((path) => !isTest(path) && !ALLOWED.some((allowed) => allowed.test(path)));

  it('stand in no code but fronts, checks and settings', () => {
    expect(code.length).toBeGreaterThan(300);
    expect(lines(code, VENDOR)).toEqual([]);
    expect(lines(code, QUOTED)).toEqual([]);
    expect(lines(code, /\b(strategy|wave)(\.name)? === ['"`]/)).toEqual([]);
  });

  it('are given to specs as random ones, by the helper that ships them', () => {
    const tests = files.filter((path) => isTest(path) && lines([path], QUOTED).length > 0);
    expect(tests.length).toBeGreaterThan(5);
    const helper =
      /\b(renamed|shipped(Names|Strategy|Table|Text)?|writeShipped)\b[^;]*from '(@baton\/testing|.*\/shipped-fixtures\.js)'/;
    expect(tests.filter((path) => !helper.test(readFileSync(path, 'utf8')))).toEqual([]);
  });
});

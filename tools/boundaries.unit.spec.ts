import { spawnSync } from 'node:child_process';

const BOUNDARY = '@nx/enforce-module-boundaries';
const EXTERNAL = 'is not allowed to import';
const use = (name: string) => `import { x } from '${name}';\nexport const y = x;\n`;

// [what must not happen, file, source, the complaint]
const REFUSED: [string, string, string, string][] = [
  ['the kernel imports the contracts', 'libs/kernel/src/x.ts', use('@baton/contracts'), BOUNDARY],
  ['the contracts import the domain', 'libs/contracts/src/x.ts', use('@baton/domain'), BOUNDARY],
  ['the domain imports the event log', 'libs/domain/src/x.ts', use('@baton/event-log'), BOUNDARY],
  ['the domain imports the platform', 'libs/domain/src/x.ts', use('@baton/platform'), BOUNDARY],
  ['the domain imports an npm package', 'libs/domain/src/x.ts', use('ulid'), EXTERNAL],
  ['the contracts import an npm package', 'libs/contracts/src/x.ts', use('class-validator'), EXTERNAL],
  ['the kernel imports an npm package', 'libs/kernel/src/x.ts', use('rxjs'), EXTERNAL],
  ['the event log imports a stage host', 'libs/event-log/src/x.ts', use('@baton/stage-host'), BOUNDARY],
  ['the bus imports the event log', 'libs/bus/src/x.ts', use('@baton/event-log'), BOUNDARY],
  ['the platform imports the domain', 'libs/platform/src/x.ts', use('@baton/domain'), BOUNDARY],
  ['the node agent imports the event log', 'libs/node-agent/src/x.ts', use('@baton/event-log'), BOUNDARY],
  ['the read models import a stage host', 'libs/read-models/src/x.ts', use('@baton/stage-host'), BOUNDARY],
  ['an app imports an app', 'apps/launcher/src/x.ts', use('@baton/api-gateway'), BOUNDARY],
  ['an app reaches into a library', 'apps/launcher/src/x.ts', use('../../../libs/kernel/src/ids.js'), BOUNDARY],
  ['an app imports the test library', 'apps/launcher/src/x.ts', use('@baton/testing'), BOUNDARY],
  ['the simulation shares code with Baton', 'simulation/src/x.ts', use('@baton/kernel'), BOUNDARY],
  ['the simulation imports another npm package', 'simulation/src/x.ts', use('typeorm'), EXTERNAL],
  ['the domain imports a module of Node', 'libs/domain/src/x.ts', use('node:fs'), 'no-restricted-imports'],
  ['the domain imports it without the prefix', 'libs/domain/src/x.ts', use('fs/promises'), 'no-restricted-imports'],
  [
    'the domain imports at run time',
    'libs/domain/src/x.ts',
    "export const x = import('./y.js');",
    'no-restricted-syntax',
  ],
  ['the domain reads the clock', 'libs/domain/src/x.ts', 'export const x = Date.now();', 'no-restricted-syntax'],
  ['the domain makes a date of now', 'libs/domain/src/x.ts', 'export const x = new Date();', 'no-restricted-syntax'],
  ['the domain throws dice', 'libs/domain/src/x.ts', 'export const x = Math.random();', 'no-restricted-syntax'],
  ['the domain draws an id', 'libs/domain/src/x.ts', 'export const x = crypto.randomUUID();', 'no-restricted-syntax'],
  [
    'the domain reads the environment',
    'libs/domain/src/x.ts',
    'export const x = process.env;',
    'no-restricted-globals',
  ],
  ['a library exports everything of a file', 'libs/bus/src/x.ts', "export * from './y.js';", 'no-restricted-syntax'],
];

const ALLOWED: [string, string, string][] = [
  ['the domain imports the kernel', 'libs/domain/src/x.ts', use('@baton/kernel')],
  ['the domain imports the contracts', 'libs/domain/src/x.ts', use('@baton/contracts')],
  ['the domain reads a date it was given', 'libs/domain/src/x.ts', 'export const x = (at: string) => new Date(at);'],
  ['a spec of the domain imports the test library', 'libs/domain/src/x.unit.spec.ts', use('@baton/testing')],
  ['a spec of the domain imports fast-check', 'libs/domain/src/x.unit.spec.ts', use('fast-check')],
  ['the event log imports the domain and pg', 'libs/event-log/src/x.ts', use('@baton/domain') + "import 'pg';"],
  ['a stage host imports the event log', 'libs/stage-host/src/x.ts', use('@baton/event-log')],
  ['the node agent imports the platform', 'libs/node-agent/src/x.ts', use('@baton/platform')],
  ['an app imports a stage host', 'apps/rollout-svc/src/x.ts', use('@baton/stage-host')],
  ['the simulation imports the canonical form of JSON', 'simulation/src/x.ts', use('canonicalize')],
];

const lint = (snippets: { file: string; code: string }[]): string[][] => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['tools/lint-snippets.mjs'], {
    input: JSON.stringify(snippets),
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  if (status !== 0) throw new Error(`lint-snippets ended with ${status}: ${stderr}`);
  // Whatever a plugin prints comes before: the answer is the last line.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[][];
};

describe('the boundaries between projects', () => {
  const complaints = new Map<string, string[]>();

  // ESLint and its plugins take seconds to load: lint everything at once.
  beforeAll(() => {
    const cases = [...REFUSED, ...ALLOWED];
    const results = lint(cases.map(([, file, code]) => ({ file, code })));
    cases.forEach(([title], index) => complaints.set(title, results[index] ?? ['not linted']));
  }, 60_000);

  it.each(REFUSED)('refuse that %s', (title, _file, _code, complaint) => {
    expect(complaints.get(title)?.join('\n')).toContain(complaint);
  });

  it.each(ALLOWED)('let it pass that %s', (title) => {
    expect(complaints.get(title)).toEqual([]);
  });
});

// `npm run seeds -- --mutate [ids]`: changes one line in a copy of the tree and runs the tests of its demand, which must
// fail. Writes the table in docs/seeds.md. Slow, so by hand: all of them, or those that are named.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { OPEN, demandsOf } from './demands.mjs';
import { UNWRITTEN, described, mutate, outcomesIn, problemsOf, readMutations, tableOf } from './mutants.mjs';

const PAGE = 'docs/seeds.md';
const HEADING = '## Mutations\n';
/** Cheapest first; the first that fails ends it. */
const PRICES = ['unit', 'int', 'e2e'];
/** A mutation may make a loop endless; then its test is red too. */
const WITHIN_MS = { unit: 120_000, int: 240_000, e2e: 900_000 };
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

const git = (...args) => spawnSync('git', args, { encoding: 'utf8', maxBuffer: 1e9 }).stdout;

/** The files as they are now, committed or not, with the packages of this tree: those of its own come from the copy. */
const copyTree = (to) => {
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of files.filter((one) => one !== '' && existsSync(one))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(file, join(to, file));
  }
  mkdirSync(join(to, 'node_modules'));
  for (const name of readdirSync('node_modules')) {
    const at = join(to, 'node_modules', name);
    if (name === '@baton') cpSync(join('node_modules', name), at, { recursive: true, verbatimSymlinks: true });
    else symlinkSync(realpathSync(join('node_modules', name)), at);
  }
};

const specsOf = (id, price) =>
  git('grep', '-lw', '-e', id, '--untracked', '--', `*.${price}.spec.ts`)
    .split('\n')
    .filter((file) => file !== '' && !file.startsWith('tools/seeds/'));

const isBuilt = (folder) =>
  spawnSync(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', 'tsconfig.build.json'], { cwd: folder })
    .status === 0;

/** How many tests of that demand pass and fail; `broken` when they could not even be loaded, or built. */
const runTests = (folder, id, price) => {
  const specs = specsOf(id, price);
  if (specs.length === 0) return { passed: 0, failed: 0, broken: false };
  // What does not compile is no mutation of a rule, and what starts from dist would be the code before it.
  if (price === 'e2e' && !isBuilt(folder)) return { passed: 0, failed: 0, broken: true };
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const flags = ['--runInBand', '--forceExit', '--silent', '--json', `--outputFile=${report}`, '-t', `\\b${id}\\b`];
  const args = [...JEST, '--selectProjects', price, ...flags, '--runTestsByPath', ...specs];
  const ended = spawnSync(process.execPath, args, { cwd: folder, stdio: 'ignore', timeout: WITHIN_MS[price] });
  if (ended.error) return { passed: 0, failed: 1, broken: false };
  if (!existsSync(report)) return { passed: 0, failed: 0, broken: true };
  const said = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: said.numPassedTests, failed: said.numFailedTests, broken: said.numRuntimeErrorTestSuites > 0 };
};

/** Which price of test is red; undefined: none. Real processes are started only for what no cheaper test proves. */
const firstRed = (folder, id, prices) => {
  let tests = 0;
  for (const price of prices) {
    if (price === 'e2e' && tests > 0) break;
    const { passed, failed, broken } = runTests(folder, id, price);
    if (broken) return 'broken';
    if (failed > 0) return price;
    tests += passed;
  }
  return undefined;
};

const outcomeOf = (folder, mutation) => {
  const path = join(folder, mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(text, mutation));
  const red = firstRed(folder, mutation.id, PRICES);
  writeFileSync(path, text);
  if (red === undefined) return 'survived';
  if (red === 'broken') return 'does not load';
  // A test that fails anyway kills nothing.
  return firstRed(folder, mutation.id, [red]) === undefined ? `killed (${red})` : `red without it (${red})`;
};

const write = async (table) => {
  const [before] = readFileSync(PAGE, 'utf8').split(`\n${HEADING}`);
  const text = `${before}\n${HEADING}
Each line that is proven has mutations of a rule or of YAML that turn a test of it red. \`npm run seeds -- --mutate\` tries them on a
copy of the tree and writes this table; with ids, only those.

${table}
`;
  writeFileSync(PAGE, await format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
};

/** The exit code. */
export const mutateAll = async (ids) => {
  const page = readFileSync(PAGE, 'utf8');
  const proven = demandsOf(page).filter((id) => !OPEN.has(id));
  const mutations = readMutations();
  const problems = problemsOf(mutations, proven, UNWRITTEN, (file) => readFileSync(file, 'utf8'));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-mutants-')));
  const outcomes = new Map(outcomesIn(page));
  // Postgres runs as another user, who has to get in.
  chmodSync(folder, 0o755);
  try {
    copyTree(folder);
    for (const one of mutations.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
      const outcome = outcomeOf(folder, one);
      console.log(`${one.id}  ${outcome.padEnd(14)}  ${described(one)}`);
      outcomes.set(`${one.id} ${described(one)}`, outcome);
      await write(tableOf(mutations, proven, outcomes));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const said = mutations.map((one) => outcomes.get(`${one.id} ${described(one)}`) ?? 'not run');
  const killed = said.filter((outcome) => outcome.startsWith('killed')).length;
  console.log(`\n${killed} of ${mutations.length} mutations killed; ${UNWRITTEN.size} demands have none yet`);
  return killed === mutations.length ? 0 : 1;
};

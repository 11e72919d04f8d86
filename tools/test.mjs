// What `npm test` runs: unit and int specs with two workers, then e2e specs one after the other, then the sum of both.
//   npm test                           everything
//   npm test -- --project fast         unit and int only (or: unit, int, e2e)
//   npm test -- --report <folder>    keeps Jest's reports there
//   npm test -- libs/domain -t 'title' all further arguments go to Jest
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCommand } from './closed-folder.mjs';

const FAST = { name: 'fast', projects: ['unit', 'int'], flags: ['--maxWorkers=2'] };
const E2E = { name: 'e2e', projects: ['e2e'], flags: ['--runInBand'] };
const NODE_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** Takes an option and its value out of the arguments. */
const take = (option, args) => {
  const at = args.indexOf(option);
  if (at < 0) return [undefined, args];
  return [args[at + 1], args.filter((_, index) => index !== at && index !== at + 1)];
};

const parse = (args) => {
  const [kept, others] = take('--report', args);
  const [name, rest] = take('--project', others);
  return { ...runsOf(name, rest), kept };
};

const runsOf = (name, rest) => {
  if (name === undefined) return { runs: [FAST, E2E], rest };
  if (name === 'fast') return { runs: [FAST], rest };
  const run = [FAST, E2E].find(({ projects }) => projects.includes(name));
  if (!run) throw new Error(`--project must be fast, unit, int or e2e, not ${name}`);
  return { runs: [{ ...run, name, projects: [name] }], rest };
};

const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status ?? 1;

// A suite that cannot even load has no failed test, so it is counted as one.
const count = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
});

const jest = ({ name, projects, flags }, rest, folder) => {
  const outputFile = join(folder, `${name}.json`);
  const report = ['--json', `--outputFile=${outputFile}`, '--passWithNoTests'];
  // The projects end at the next flag: what the caller passes must not be taken for one.
  const args = ['node_modules/jest/bin/jest.js', '--selectProjects', ...projects, ...report, ...flags, ...rest];
  const status = run(...nodeCommand([...NODE_FLAGS, ...args]));
  try {
    return { ok: status === 0, ...count(JSON.parse(readFileSync(outputFile, 'utf8'))) };
  } catch {
    // Jest ended before it could report: a broken configuration, or servers that did not start.
    return { ok: false, passed: 0, failed: 1 };
  }
};

const main = () => {
  const { runs, rest, kept } = parse(process.argv.slice(2));
  // E2e specs start the built services.
  if (runs.some(({ projects }) => projects.includes('e2e')) && run('npm', ['run', '--silent', 'build']) !== 0) return 1;

  const folder = kept ?? mkdtempSync(join(tmpdir(), 'baton-test-'));
  const results = runs.map((each) => jest(each, rest, folder));
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });

  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const [passed, failed] = [sum('passed'), sum('failed')];
  if (passed + failed === 0) console.error('No test ran.');
  console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0 && results.every(({ ok }) => ok) ? 0 : 1;
};

process.exitCode = main();

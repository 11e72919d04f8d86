// `npm run seeds`: every demand of docs/seeds.md with the test that proves it, from a run of those tests.
// `npm run seeds -- --mutate [ids]`: whether those tests find a rule changed; see mutate.mjs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { mutateAll } from './mutate.mjs';
import { OPEN, demandsOf, judgeDemands } from './demands.mjs';

const TITLES = '\\b[NQVX]-\\d\\d\\b';

const runTests = () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-seeds-'));
  try {
    const args = ['tools/test.mjs', '--report', folder, '-t', TITLES];
    spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const row = ({ id, verdict, tests }) => {
  const [first] = tests.filter(({ hasPassed }) => hasPassed === (verdict === 'holds'));
  const proof = first
    ? `${first.title} (${relative('.', first.file)})`
    : (OPEN.get(id) ?? 'no test says that it holds');
  const more = tests.length > 1 ? ` and ${tests.length - 1} more` : '';
  return `${id}  ${verdict.padEnd(5)}  ${proof}${more}`;
};

const main = () => {
  const demands = demandsOf(readFileSync('docs/seeds.md', 'utf8'));
  const judged = judgeDemands(demands, runTests());
  for (const one of judged) console.log(row(one));
  const count = (verdict) => judged.filter((one) => one.verdict === verdict).length;
  console.log(`\n${count('holds')} hold, ${count('fails')} fail, ${count('open')} open, of ${demands.length}`);
  const isAsKnown = judged.every(({ id, verdict }) => verdict === (OPEN.has(id) ? 'open' : 'holds'));
  return isAsKnown ? 0 : 1;
};

const [option, ...ids] = process.argv.slice(2);
process.exitCode = option === '--mutate' ? await mutateAll(ids) : main();

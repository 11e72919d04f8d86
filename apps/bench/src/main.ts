import { assertNever } from '@baton/kernel';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { arch, cpus, loadavg, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.js';
import { measureManyCallers, measureOneCaller, measureSlowDisk } from './goals/append.js';
import { measureLag } from './goals/lag.js';
import { measureRebuild } from './goals/rebuild.js';
import { measureResume } from './goals/resume.js';
import { measureRollout } from './goals/rollout.js';
import { measurePlan } from './goals/plan.js';
import { measureRead } from './goals/read.js';
import { USAGE, readOptions, type Goal, type Options } from './options.js';
import type { NotRun, Row } from './row.js';
import { startNats } from './servers/nats.js';
import { startPostgres } from './servers/postgres.js';
import { buildSlowDisk } from './servers/slow-disk.js';
import { tableOf } from './table.js';

const main = async (): Promise<number> => {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  // Postgres may run as another user, who must be able to walk into this folder.
  chmodSync(folder, 0o711);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startPostgres(folder);
  const busy = loadavg().map((value) => value.toFixed(1));
  try {
    const say = (line: string): void => console.error(`  ${line}`);
    const { rows, notRun } = await measure({ options, postgres, folder, say });
    if (options.json)
      console.log(JSON.stringify({ machine: machine(), loadBefore: busy, options, rows, notRun }, null, 2));
    else print(options, rows, notRun, busy);
    return 0;
  } finally {
    await postgres.stop();
  }
};

const measure = async (bench: Omit<Bench, 'natsUrl'>) => {
  const rows: Row[] = [];
  const notRun: NotRun[] = [];
  for (const goal of bench.options.only) {
    const nats = await startNats(bench.folder);
    const measured = await rowsOf(goal, { ...bench, natsUrl: nats.url }).finally(() => nats.stop());
    if ('why' in measured) notRun.push(measured);
    else rows.push(...measured);
  }
  return { rows, notRun };
};

const rowsOf = async (goal: Goal, bench: Bench): Promise<readonly Row[] | NotRun> => {
  switch (goal) {
    case 'G1':
      return measureOneCaller(bench);
    case 'G2':
      return measureManyCallers(bench);
    case 'G3':
      return onSlowDisk(bench);
    case 'G4':
      return measureRebuild(bench);
    case 'G5':
      return measureLag(bench);
    case 'G6':
      return measureRollout(bench);
    case 'G9':
      return measureResume(bench);
    case 'G11':
      return measureRead(bench);
    case 'G13':
      return measurePlan(bench);
    default:
      return assertNever(goal);
  }
};

const onSlowDisk = async (bench: Bench): Promise<readonly Row[] | NotRun> => {
  const library = buildSlowDisk(bench.folder);
  if (library === undefined) return { goal: 'G3', why: 'needs Linux and gcc, to slow down fsync' };
  const slow = await startPostgres(bench.folder, library);
  return measureSlowDisk(bench, slow).finally(() => slow.stop());
};

const machine = (): string => {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${memory}, ${platform()} ${arch()}, Node ${process.versions.node}`;
};

const print = ({ reps }: Options, rows: readonly Row[], notRun: readonly NotRun[], busy: readonly string[]): void => {
  console.log(`\n${machine()}`);
  console.log(
    `Load before the run: ${busy.join(', ')}. On a busy machine only the ratios mean something, and not much.`,
  );
  console.log(`Medians of ${reps} repetitions; all sides of a row were measured in turn, on the same servers.\n`);
  console.log(tableOf(rows));
  for (const { goal, why } of notRun) console.log(`${goal} was not run: ${why}.`);
};

process.exit(await main());

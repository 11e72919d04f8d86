import { eventually } from '@baton/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOf } from '../src/stack/running.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const stateDir = join(mkdtempSync(join(tmpdir(), 'baton-start-')), 'state');
const started: ChildProcess[] = [];

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      ...process.env,
      BATON_STATE_DIR: stateDir,
      ...{ BATON_HTTP_PORT: '0', BATON_SIMULATOR_PORT: '0', BATON_NATS_PORT: '0', BATON_POSTGRES_PORT: '0' },
      ...{ BATON_BOOT_MS: '300', BATON_STABLE_MS: '300', NO_COLOR: '1', FORCE_COLOR: '' },
    },
  });
  started.push(child);
  const shown = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (shown.text += String(data)));
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const shows = (what: string) => eventually(`it shows "${what}"`, () => shown.text.includes(what), 60_000);
  return { child, shown, ended, shows };
};

/** Of all processes on this machine those that this state folder belongs to. */
const leftOver = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => commandOf(Number(pid)) ?? [])
    .filter((command) => command.includes(stateDir));

const servicePid = (name: string): number => Number(readFileSync(join(stateDir, 'pids', name), 'utf8'));

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(join(stateDir, '..'), { recursive: true, force: true });
});

describe('npm start', () => {
  it('with --once upgrades the demo cluster, sums it up, and ends with 0 and no process left', async () => {
    const { ended, shown } = start('--once');
    expect(await ended).toEqual([0, null]);
    expect(shown.text).toMatch(/demo {2}n4 +granted +the token, epoch 1000004/);
    expect(shown.text).toContain('✔ demo is on 1.1.0');
    expect(shown.text).toMatch(/nodes +4 of 4 on 1\.1\.0/);
    expect(shown.text).toMatch(/workload +[\d,]+ requests, 0 failed/);
    expect(leftOver()).toEqual([]);
  }, 120_000);

  it('goes on after a kill -9 in the middle, makes the next release, and starts a service that dies again', async () => {
    const killed = start();
    await killed.shows('n2        granted');
    killed.child.kill('SIGKILL');
    await killed.ended;

    const { child, ended, shown, shows } = start();
    await shows('of an earlier start still ran: ended it');
    await shows('demo goes on with upgrade');
    await shows('demo is on 1.2.0');
    await shows('Everything stays up');
    process.kill(servicePid('rollout-svc'), 'SIGKILL');
    await shows('rollout-svc ended (SIGKILL): it is started again');
    await shows('rollout-svc runs again');

    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(shown.text).toContain('everything has ended');
    expect(leftOver()).toEqual([]);
  }, 180_000);

  it('says which settings cannot be used before anything starts', async () => {
    const { ended, shown } = start('--twice');
    expect(await ended).toEqual([2, null]);
    expect(shown.text).toBe('unknown: --twice (there are --once and --help)\n');
  });
});

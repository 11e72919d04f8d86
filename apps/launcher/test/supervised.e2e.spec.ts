import { eventually } from '@baton/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf } from '../src/stack/running.js';
import { Supervised, type ProcessReport, type ProcessSpec } from '../src/stack/supervised.js';

const folder = mkdtempSync(join(tmpdir(), 'baton-supervised-'));
const reports: ProcessReport[] = [];
const started: Supervised[] = [];

const READY = `process.send({ type: 'ready' }); process.on('disconnect', () => process.exit());`;

const supervise = (script: string, more: Partial<ProcessSpec> = {}): Supervised => {
  const spec: ProcessSpec = {
    name: 'some-svc',
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    logFile: join(folder, 'some-svc.log'),
    pidFile: join(folder, 'some-svc.pid'),
    ready: 'channel',
    stopSignal: 'SIGTERM',
    ...more,
  };
  const supervised = new Supervised(spec, (report) => reports.push(report));
  started.push(supervised);
  return supervised;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop('SIGKILL')));
  reports.splice(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a supervised process', () => {
  it('is started again when it dies, and both are said', async () => {
    const process = supervise(READY);
    await process.start();
    const first = process.pid;
    process.kill('SIGKILL');
    await eventually('it runs again', () => reports.length === 3);
    expect(process.pid).not.toBe(first);
    expect(reports).toEqual([
      { kind: 'ready', process: 'some-svc', again: false },
      { kind: 'ended', process: 'some-svc', how: 'SIGKILL', againInMs: 200 },
      { kind: 'ready', process: 'some-svc', again: true },
    ]);
  });

  it('keeps its process id in a file while it runs', async () => {
    const process = supervise(READY);
    await process.start();
    expect(Number(readFileSync(join(folder, 'some-svc.pid'), 'utf8'))).toBe(process.pid);
    await process.stop();
    expect(() => readFileSync(join(folder, 'some-svc.pid'))).toThrow('ENOENT');
  });

  it('that never comes up is given up after three starts, with the end of its log', async () => {
    const process = supervise(`console.log('DATABASE_URL is not set'); process.exit(1);`);
    await expect(process.start()).rejects.toThrow(/some-svc does not start \(exit code 1\).*DATABASE_URL is not set/s);
    expect(reports.map(({ kind }) => kind)).toEqual(['ended', 'ended']);
  });

  it('that cannot be run at all is given up too', async () => {
    const process = supervise('', { command: join(folder, 'no-such-program') });
    await expect(process.start()).rejects.toThrow(/some-svc does not start \(spawn .* ENOENT\)/);
  });

  it('is gone after a stop, also when it was halted', async () => {
    const process = supervise(READY);
    await process.start();
    const { pid } = process;
    process.kill('SIGSTOP');
    await process.stop();
    expect(commandOf(pid ?? 0)).toBeUndefined();
    expect(reports).toHaveLength(1);
  });

  it('that is stopped while it starts rejects the start', async () => {
    const process = supervise('setInterval(() => undefined, 1000)');
    const starting = expect(process.start()).rejects.toThrow('some-svc was stopped before it was ready');
    await process.stop();
    await starting;
  });

  it('stays down after a kill -9 by stop until it is started', async () => {
    const process = supervise(READY);
    await process.start();
    await process.stop('SIGKILL');
    expect(process.pid).toBeUndefined();
    await process.start();
    expect(process.pid).toBeDefined();
    expect(reports.map(({ kind }) => kind)).toEqual(['ready', 'ready']);
  });
});

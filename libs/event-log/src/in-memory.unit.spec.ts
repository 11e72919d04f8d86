import { describeEventLog, appendOf, write } from './event-log-suite.spec.js';
import { InMemoryEventLog } from './in-memory.js';

describe('the event log in memory', () => {
  describeEventLog(async () => new InMemoryEventLog());

  it('never records a time before the last one', async () => {
    const times = [2_000, 1_000, 3_000];
    const log = new InMemoryEventLog({ now: () => times.shift() ?? 0 });
    for (const version of [0, 1, 2]) await log.append(appendOf([write('upgrade-u1', version, 'PauseRequested')]));
    const seconds = (await log.read({})).map(({ recordedAt }) => recordedAt.slice(17, 19));
    expect(seconds).toEqual(['02', '02', '03']);
  });

  it('tells the position of each accepted append', async () => {
    const told: number[] = [];
    const log = new InMemoryEventLog({ onAppended: (position) => told.push(position) });
    await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested', 'PauseRequested')]));
    await log.append(appendOf([write('upgrade-u1', 0, 'PauseRequested')]));
    expect(told).toEqual([2]);
  });
});

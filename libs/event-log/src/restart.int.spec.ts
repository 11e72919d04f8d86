import { startPostgres, type TestPostgres } from '@baton/testing';
import { appendOf, write } from './event-log-suite.spec.js';
import { PostgresEventLog } from './postgres.js';
import { migrate } from './run-migrations.js';
import { serviceUrl } from './service-roles.js';
import { verifyChain } from './verify-chain.js';

const SERVICE_PASSWORD = 'of-no-secret';

describe('a Postgres that is killed', () => {
  let postgres: TestPostgres;
  let log: PostgresEventLog;
  beforeAll(async () => {
    postgres = await startPostgres();
    await migrate(postgres.url, { servicePassword: SERVICE_PASSWORD });
    // Without allowUnsafe: this server waits for its disk.
    log = await PostgresEventLog.open({ databaseUrl: serviceUrl(postgres.url, 'baton_gateway', SERVICE_PASSWORD) });
  }, 60_000);
  afterAll(async () => {
    await log.close();
    await postgres.stop();
  }, 60_000);

  it('and comes back has lost nothing, and no append is refused or recorded twice (INV-3, INV-5)', async () => {
    const recorded: number[] = [];
    let stop = false;
    const appending = Array.from({ length: 10 }, async (_, caller) => {
      for (let version = 0; !stop || version < 20; version++) {
        const result = await log.append(appendOf([write(`upgrade-u${caller}`, version, 'PauseRequested')]));
        if (result.status === 'accepted') recorded.push(...result.events.map(({ position }) => position));
        else if (result.status === 'repeated') recorded.push(...result.positions);
        else throw new Error(JSON.stringify(result));
      }
    });
    for (const times of [1, 2]) {
      const before = recorded.length;
      while (recorded.length < before + 100) await log.head();
      await postgres.kill();
      const reading = log.read({ limit: times });
      await postgres.start();
      expect(await reading).toHaveLength(times);
    }
    stop = true;
    await Promise.all(appending);
    const events = await log.read({});
    expect(events.map(({ position }) => position)).toEqual(recorded.sort((a, b) => a - b));
    expect(verifyChain(events)).toBeUndefined();
  }, 60_000);
});

import { eventually } from '@baton/testing';
import { readDatabase, type ReadDatabase } from '../../test/read-database.js';
import { beginning, nodeIds, tell, upgradeId, upgradeStory } from '../../test/story.js';
import { dumpTables } from '../tables/dump-tables.js';
import { createPool } from '../tables/connection.js';
import { ensureTables } from '../tables/ensure-tables.js';
import { beginGeneration, readGenerations } from '../tables/generations.js';
import { ALL_TABLES, FOLD_VERSION, TABLES } from '../tables/tables.js';
import { LEADER_LOCK } from './leadership.js';
import { Projector } from './projector.js';
import type { ReadModelRunner } from './runner.js';

const NODES = nodeIds(5);

describe('filling the read models', () => {
  let database: ReadDatabase;
  beforeEach(async () => {
    database = await readDatabase();
    await tell(database.log, beginning(NODES));
  });
  afterEach(() => database.close());

  const tellUpgrade = (upgradeNo: number): Promise<number> => tell(database.log, upgradeStory(upgradeNo, NODES));
  const isServing = (position: number): Promise<boolean> => database.reads.waitFor(position, 20_000);
  const rebuilt = async (runner: ReadModelRunner): Promise<number> => {
    const { generation } = await runner.rebuild();
    await eventually(`generation ${generation} serves`, async () => {
      const { rows } = await database.admin.query(
        'SELECT FROM read.checkpoint WHERE generation = $1 AND serving AND position = (SELECT position FROM baton.head)',
        [generation],
      );
      return rows.length === 1;
    });
    return generation;
  };

  it('INV-10: a rebuild from nothing gives the same rows, byte for byte', async () => {
    const runner = database.runner(5);
    // Small pages here, large ones in the rebuild.
    for (const chapter of upgradeStory(1, NODES)) {
      await tell(database.log, [chapter]);
      runner.wake();
    }
    expect(await isServing(await tellUpgrade(2))).toBe(true);
    const before = await dumpTables(database.admin);
    for (const table of TABLES) expect(before[table]).not.toEqual([]);

    const generation = await rebuilt(runner);
    expect(await dumpTables(database.admin)).toEqual(before);
    await eventually('the old rows are gone', async () => {
      const { rows } = await database.admin.query('SELECT FROM read.upgrade_node WHERE generation <> $1', [generation]);
      return rows.length === 0;
    });
  });

  it('goes on from its tables after a restart as if it had never ended', async () => {
    for (const chapter of upgradeStory(1, NODES)) {
      const position = await tell(database.log, [chapter]);
      const runner = database.runner();
      expect(await isServing(position)).toBe(true);
      await runner.stop();
    }
    const before = await dumpTables(database.admin);
    await rebuilt(database.runner());
    expect(await dumpTables(database.admin)).toEqual(before);
  }, 60_000);

  it('INV-10: writes a page and its checkpoint together or not at all', async () => {
    const pool = createPool(database.projectionUrl);
    try {
      await tellUpgrade(1);
      await ensureTables(pool);
      const { generation } = await beginGeneration(pool);
      await database.admin.query(`ALTER TABLE read.release ADD CONSTRAINT never CHECK (version = 'none')`);
      const projector = new Projector(pool, generation, 0);
      await expect(projector.foldPage()).rejects.toThrow('never');
      for (const table of TABLES) {
        expect((await pool.query(`SELECT FROM read.${table}`)).rowCount).toBe(0);
      }
      expect(await readGenerations(pool)).toEqual([
        { generation, position: 0, foldVersion: FOLD_VERSION, serving: false },
      ]);
    } finally {
      await pool.end();
    }
  });

  it('INV-10: two that fold the same page apply it once', async () => {
    const pool = createPool(database.projectionUrl);
    try {
      const head = await tellUpgrade(1);
      await ensureTables(pool);
      const { generation } = await beginGeneration(pool);
      const [one, other] = [new Projector(pool, generation, 0), new Projector(pool, generation, 0)];
      const results = await Promise.all([one.foldPage(), other.foldPage()]);
      expect(results.toSorted()).toEqual([head, undefined]);
      expect(await readGenerations(pool)).toMatchObject([{ generation, position: head }]);
    } finally {
      await pool.end();
    }
  });

  it('two replicas at once end where one would, also when the one that folds dies', async () => {
    const [one, other] = [database.runner(), database.runner()];
    for (let upgradeNo = 1; upgradeNo <= 3; upgradeNo++) {
      const position = await tellUpgrade(upgradeNo);
      one.wake();
      other.wake();
      expect(await isServing(position)).toBe(true);
    }
    expect([one.state().status, other.state().status].toSorted()).toEqual(['folding', 'standby']);
    // Its connections are cut, the one that carries the lock too.
    await database.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'baton_projection' AND datname = current_database()`,
    );
    expect(await isServing(await tellUpgrade(4))).toBe(true);
    const dump = await dumpTables(database.admin);
    const leader = one.state().status === 'folding' ? one : other;
    await rebuilt(leader);
    expect(await dumpTables(database.admin)).toEqual(dump);
  });

  it('one that leads and hangs is stood in for, and goes on beside the other when it is back', async () => {
    // Somebody holds the lock and does nothing.
    await database.admin.query('SELECT pg_advisory_lock($1)', [LEADER_LOCK]);
    // Slow to look, so that the other can be faster than it.
    const runner = database.runner(500);
    expect(await isServing(await tellUpgrade(1))).toBe(true);
    const pool = createPool(database.projectionUrl);
    try {
      let upgradeNo = 2;
      await eventually('it steps back once the other has folded a page', async () => {
        const [serving] = await readGenerations(pool);
        const back = new Projector(pool, serving?.generation ?? 0, serving?.position ?? 0);
        await tellUpgrade(upgradeNo++);
        await back.foldPage();
        return runner.state().status === 'standby';
      });
    } finally {
      await pool.end();
    }
  });

  it('serves on while it is rebuilt, and never goes back', async () => {
    const runner = database.runner();
    for (let upgradeNo = 1; upgradeNo <= 20; upgradeNo++) await tellUpgrade(upgradeNo);
    expect(await isServing(await database.log.head())).toBe(true);

    const before = runner.state().generation;
    let last = 0;
    let next = 21;
    const ask = async (): Promise<void> => {
      const position = await database.reads.position();
      expect(position).toBeGreaterThanOrEqual(last);
      last = position;
      const status = await database.reads.getStatus(upgradeId(20));
      expect(status).toMatchObject({ state: 'completed', progress: { done: 5, total: 5 } });
    };
    // Asks without a break from before the rebuild until after the switch, while the log grows.
    let rebuilding = true;
    const asking = (async () => {
      while (rebuilding) await ask();
    })();
    const { generation } = await runner.rebuild();
    expect(generation).not.toBe(before);
    await eventually('the new generation serves', async () => {
      if (next <= 24) await tellUpgrade(next++);
      return runner.state().generation === generation;
    });
    rebuilding = false;
    await asking;
    await ask();
    expect(await isServing(await database.log.head())).toBe(true);
  });

  it('takes requests for a rebuild at any moment', async () => {
    const runner = database.runner(60_000);
    const asked: number[] = [];
    for (let request = 0; request < 10; request++) {
      const { generation } = await runner.rebuild();
      asked.push(generation);
      // The next request comes in the very moment in which this generation begins to serve.
      await eventually(`generation ${generation} serves`, () => (runner.state().generation ?? 0) >= generation);
    }
    expect(new Set(asked).size).toBe(10);
    const position = await tellUpgrade(1);
    runner.wake();
    expect(await isServing(position)).toBe(true);
    expect(runner.state()).toMatchObject({ status: 'folding', generation: asked.at(-1) });
  });

  it.each(ALL_TABLES)('makes itself whole again after %s was dropped under it', async (table) => {
    const runner = database.runner();
    expect(await isServing(await tellUpgrade(1))).toBe(true);
    const before = await dumpTables(database.admin);
    await database.admin.query(`DROP TABLE ${table}`);
    await eventually('all is there again', async () => {
      const dump = await dumpTables(database.admin).catch(() => undefined);
      return JSON.stringify(dump) === JSON.stringify(before);
    });
    expect(await isServing(await tellUpgrade(2))).toBe(true);
    expect(runner.state().status).toBe('folding');
  });

  it('fills them again when its folds have changed, and keeps away from those of newer code', async () => {
    const first = database.runner();
    expect(await isServing(await tellUpgrade(1))).toBe(true);
    await first.stop();
    await database.admin.query(`UPDATE read.checkpoint SET fold_version = $1, position = 3`, [FOLD_VERSION - 1]);
    await database.admin.query(`DELETE FROM read.node`);
    const second = database.runner();
    expect(await isServing(await database.log.head())).toBe(true);
    expect((await database.reads.listNodes('demo', { limit: 9 })).items).toHaveLength(NODES.length);
    expect(second.state()).toMatchObject({ generation: 2 });

    await second.stop();
    await database.admin.query(`UPDATE read.checkpoint SET fold_version = $1`, [FOLD_VERSION + 1]);
    const third = database.runner();
    await eventually('it says so', () => third.state().status === 'outdated');
    expect(third.state().message).toContain('ask for a rebuild');
    await rebuilt(third);
    expect(third.state()).toMatchObject({ status: 'folding', generation: 3 });
  });
});

import type pg from 'pg';
import type { Queryable } from './connection.js';
import { assertDurable } from './durability.js';

const server = (...settings: string[]): Queryable => ({
  query: async <Row extends unknown[]>() => ({ rows: [settings] }) as unknown as pg.QueryArrayResult<Row>,
});

describe('a server', () => {
  it.each([
    ['on', 'on', 'on'],
    ['on', 'on', 'remote_apply'],
  ])('with fsync %s, full_page_writes %s and synchronous_commit %s is taken', async (...settings) => {
    await expect(assertDurable(server(...settings))).resolves.toBeUndefined();
  });

  it.each([
    [['off', 'on', 'on'], 'fsync is off'],
    [['on', 'off', 'on'], 'full_page_writes is off'],
    [['on', 'on', 'off'], 'synchronous_commit is off'],
    [['on', 'on', 'local'], 'synchronous_commit is local'],
    [['off', 'off', 'off'], 'fsync is off, full_page_writes is off, synchronous_commit is off'],
  ])('with %j is refused: %s', async (settings, reason) => {
    await expect(assertDurable(server(...settings))).rejects.toThrow(reason);
    await expect(assertDurable(server(...settings), { allowUnsafe: true })).resolves.toBeUndefined();
  });
});

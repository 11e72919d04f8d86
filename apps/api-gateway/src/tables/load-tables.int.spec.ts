import { closestRow, haRowsOf } from '@baton/domain';
import type { HaTable } from '@baton/contracts';
import { loadTables } from './load-tables.js';

let table: HaTable | undefined;
const today = '2026-11-21';

beforeAll(async () => {
  const found = (await loadTables(['tables'])).get('avi-ha');
  table = found?.kind === 'ha' ? found : undefined;
});

const rows = (version: string, of = table, day = today) => (of ? haRowsOf(of, [version], day) : []);
const disrupted = (version: string, ha: string, nodes = 1) =>
  closestRow(rows(version), { version, ha, nodes })?.disrupted;

describe('the shipped table of high availability', () => {
  it.each(['16.3.0', '16.4.2', '17.1.3'])('%s: by each workload and how many nodes it is on (V-26)', (version) => {
    expect(disrupted(version, 'elastic-active-active', 2)).toBe(false);
    expect(disrupted(version, 'elastic-n-plus-m', 2)).toBe(false);
    expect(disrupted(version, 'elastic-n-plus-m', 1)).toBe(true);
    expect(disrupted(version, 'legacy-active-standby', 1)).toBe(false);
  });

  it.each(['16.2.0', '16.2.9'])('%s: only active-active is not disrupted (V-27)', (version) => {
    expect(disrupted(version, 'elastic-active-active')).toBe(false);
    expect(disrupted(version, 'elastic-n-plus-m', 2)).toBe(true);
    expect(disrupted(version, 'legacy-active-standby', 2)).toBe(true);
  });

  it.each(['16.1.9', '15.3.0'])('%s: by what the group is for and whether it is shared (V-28)', (version) => {
    const kinds = ['dedicated-active-active', 'dedicated-active-standby', 'shared-active-active'];
    expect(kinds.map((ha) => disrupted(version, ha))).toEqual([false, false, false]);
    expect(['shared-active-standby', 'best-effort'].map((ha) => disrupted(version, ha, 3))).toEqual([true, true]);
  });

  it('is data: the rows of the running version count, from their day on, and none of another version (V-30)', () => {
    expect(disrupted('16.2.0', 'legacy-active-standby')).not.toBe(disrupted('16.3.0', 'legacy-active-standby'));
    expect(disrupted('16.3.0', 'best-effort')).toBeUndefined();
    expect(disrupted('16.1.0', 'elastic-active-active')).toBeUndefined();
    const newer = table && { ...table, rows: [...table.rows, { ha: 'x', disrupted: true, since: '2026-11-22' }] };
    expect(rows('16.3.0', newer)).toEqual(rows('16.3.0'));
    expect(rows('16.3.0', newer, '2026-11-22')).toHaveLength(rows('16.3.0').length + 1);
  });
});

import type { Workload } from '@baton/contracts';
import { release } from '../../test/precheck-fixtures.js';
import { shipped, tableOf, throughPrechecks, type Running } from '../../test/shipped-fixtures.js';

const AVI = shipped('avi-system');
const TABLE = tableOf('avi-ha', 'ha');
const ha = { tables: new Map([[TABLE.name, TABLE]]), today: '2026-06-15' };

/** Three controllers and two groups of two service engines. */
const system = (version: string, serves: Readonly<Record<string, readonly Workload[]>> = {}) => {
  const node = (nodeId: string, labels: Record<string, string>): readonly [string, Running] => [
    nodeId,
    { labels, version, facts: { workloads: serves[nodeId] ?? [] } },
  ];
  return Object.fromEntries([
    ...['c1', 'c2', 'c3'].map((id) => node(id, { role: 'controller', quorum: 'controllers' })),
    ...['r1', 'r2'].map((id) => node(id, { role: 'service-engine', group: 'red' })),
    ...['s1', 's2'].map((id) => node(id, { role: 'service-engine', group: 'sea' })),
  ]);
};

const LANES = {
  'one of each group at a time': ['1 c1', '1 c2', '1 c3', '2 r1 r2', '2 s1 s2'],
  'all at once': ['1 c1', '1 c2', '1 c3', '2 r1', '2 r2', '2 s1', '2 s2'],
  'not at all': [],
} as const;

describe('controllers and service engines', () => {
  it.each([
    [false, false, true, 'one of each group at a time'],
    [false, true, true, 'all at once'],
    [true, false, true, 'all at once'],
    [true, true, true, 'all at once'],
    [false, false, false, 'not at all'],
    [false, true, false, 'not at all'],
    [true, false, false, 'all at once'],
    [true, true, false, 'all at once'],
  ] as const)(
    'with force %s, disruptive %s, compatible %s go %s (V-18, V-19, V-20)',
    (force, disruptive, isCompatible, wanted) => {
      const image = release({ version: '17.1.0', minCompatible: isCompatible ? '16.2.0' : '16.3.0' });
      const asked = { strategy: AVI, ha, to: '17.1.0', force, disruptive, reason: 'it must be today' };
      const story = throughPrechecks(asked, system('16.2.4'), [image]);
      const unfit = isCompatible ? [] : ['minimum-compatible', 'supported-mix'];
      const isBlocked = wanted === 'not at all';
      expect(story).toMatchObject({
        ...{ lanes: LANES[wanted], outcome: isBlocked ? ['UpgradeBlocked'] : [] },
        ...(isBlocked ? { failed: unfit, warned: [] } : { failed: [], warned: unfit }),
      });
      expect(story.summary === undefined).toBe(isBlocked);
    },
  );
});

it('controllers and service engines too distant from a release are blocked, and by a protocol without an abort aborted (V-02)', () => {
  const far = release({ version: '20.1.0', minCompatible: '18.2.0' });
  const asked = { strategy: AVI, ha, to: '20.1.0' };
  const ended = (abortsWhenBlocked: boolean) =>
    throughPrechecks({ ...asked, abortsWhenBlocked }, system('16.2.4'), [far]);
  expect(ended(false)).toMatchObject({ lanes: [], outcome: ['UpgradeBlocked'] });
  const aborted = {
    lanes: [],
    failed: ['minimum-compatible', 'supported-mix'],
    outcome: ['UpgradeBlocked', 'AbortRequested'],
  };
  expect(ended(true)).toMatchObject(aborted);
});

/** Each virtual service that the plan of an upgrade from this version calls disrupted. */
const disrupted = (from: string, serves: Readonly<Record<string, readonly Workload[]>>): readonly string[] => {
  const image = release({ version: '17.9.0' });
  const { outcome, disruption } = throughPrechecks({ strategy: AVI, ha, to: '17.9.0' }, system(from, serves), [image]);
  expect([outcome, disruption.length > 0]).toEqual([[], true]);
  // Nobody is called undisturbed for want of a row.
  for (const { why } of disruption) expect(why).toMatch(/^(table avi-ha says so of|its group is judged as a whole)/);
  return [...new Set(disruption.flatMap((one) => (one.disrupted ? [one.workload] : [])))].sort();
};

describe('a virtual service of service engines', () => {
  it.each([
    ['16.3.0', 'elastic-active-active', 2, 'goes on', 'V-26'],
    ['17.1.3', 'elastic-active-active', 2, 'goes on', 'V-26'],
    ['16.3.0', 'elastic-n-plus-m', 2, 'goes on', 'V-26'],
    ['16.3.0', 'elastic-n-plus-m', 1, 'is disrupted', 'V-26'],
    ['16.3.0', 'legacy-active-standby', 1, 'goes on', 'V-26'],
    ['16.2.4', 'elastic-active-active', 2, 'goes on', 'V-27'],
    ['16.2.4', 'elastic-n-plus-m', 2, 'is disrupted', 'V-27'],
    ['16.2.4', 'legacy-active-standby', 2, 'is disrupted', 'V-27'],
    ['16.1.2', 'dedicated-active-active', 1, 'goes on', 'V-28'],
    ['16.1.2', 'dedicated-active-standby', 1, 'goes on', 'V-28'],
    ['16.1.2', 'shared-active-active', 1, 'goes on', 'V-28'],
    ['16.1.2', 'shared-active-standby', 2, 'is disrupted', 'V-28'],
    ['16.1.2', 'best-effort', 2, 'is disrupted', 'V-28'],
    ['17.1.3', 'east-west', 2, 'is disrupted', 'V-09'],
    ['16.1.2', 'east-west', 2, 'is disrupted', 'V-09'],
  ] as const)('from %s, of mode %s on %i of them, %s (%s, V-30)', (from, mode, nodes, wanted, _id) => {
    const vs: Workload = { name: 'vs', ha: mode };
    const serves = { r1: [vs], ...(nodes === 2 && { r2: [vs] }) };
    expect(disrupted(from, serves)).toEqual(wanted === 'is disrupted' ? ['vs'] : []);
  });

  it.each([
    ['16.3.0', 'elastic-active-active', 'elastic-n-plus-m', ['hit']],
    ['16.2.4', 'elastic-active-active', 'elastic-n-plus-m', ['hit', 'quiet']],
    ['16.2.4', 'elastic-active-active', 'legacy-active-standby', ['hit', 'quiet']],
    ['16.1.2', 'dedicated-active-active', 'best-effort', ['hit', 'quiet']],
    ['16.1.2', 'dedicated-active-standby', 'shared-active-standby', ['hit', 'quiet']],
    ['16.1.2', 'shared-active-active', 'best-effort', ['hit', 'quiet']],
  ] as const)(
    'from %s, of mode %s beside one of mode %s, is judged with its group before 16.3 and for itself since: %j (V-29)',
    (from, quiet, hit, wanted) => {
      const beside = [{ name: 'quiet', ha: quiet }];
      const elsewhere = [{ name: 'elsewhere', ha: quiet }];
      const serves = { r1: [...beside, { name: 'hit', ha: hit }], r2: beside, s1: elsewhere, s2: elsewhere };
      expect(disrupted(from, serves)).toEqual(wanted);
    },
  );
});

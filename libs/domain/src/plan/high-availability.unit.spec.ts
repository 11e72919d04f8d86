import { closestRow } from './ha-rows.js';
import type { HaRow } from '@baton/contracts';
import { disruptedIn, planOf, type Seen } from '../../test/plan-fixtures.js';
import { request, strategy } from '../../test/precheck-fixtures.js';

const since = '2026-01-01';
/** As in the shipped table, which its own spec looks at. */
const rules: readonly HaRow[] = [
  { from: '16.3', ha: 'elastic-active-active', disrupted: false, since },
  { from: '16.3', ha: 'elastic-n-plus-m', disrupted: true, since },
  { from: '16.3', ha: 'elastic-n-plus-m', nodes: 2, disrupted: false, since },
  { from: '16.2', to: '16.2', ha: 'elastic-active-active', disrupted: false, judged: 'group', since },
  { from: '16.2', to: '16.2', ha: 'elastic-n-plus-m', disrupted: true, judged: 'group', since },
  { ha: 'east-west', disrupted: true, since },
];

const engines = (version: string, ...serves: readonly Seen['serves'][]) =>
  Object.fromEntries(
    serves.map((own, index) => [`se${index + 1}`, { labels: { group: 'red' }, version, ...(own && { serves: own }) }]),
  );
const plan = (seen: Readonly<Record<string, Seen>>) =>
  planOf(seen, [{ name: 'engines', lanes: { label: 'group' } }], { ha: { rules } }, { ha: 'rules' });

describe('the plan of nodes with workloads', () => {
  const active = { name: 'vs1', ha: 'elastic-active-active' };
  const spread = { name: 'vs2', ha: 'elastic-n-plus-m' };
  const single = { name: 'vs3', ha: 'elastic-n-plus-m' };

  it('judges each for itself from 16.3 on (V-26, V-29)', () => {
    expect(disruptedIn(plan(engines('16.3.1', [active, spread], [active, spread, single])))).toEqual(['vs3 on se2']);
  });

  it('judges the whole group before 16.3: one that is disrupted makes all of it so (V-27, V-29)', () => {
    const made = plan(engines('16.2.1', [active], [active, spread], [spread]));
    expect(disruptedIn(made)).toHaveLength(4);
    expect(made.disruption.find(({ workload }) => workload === 'vs1')?.why).toContain('vs2 of it is disrupted');
    expect(disruptedIn(plan(engines('16.2.1', [active], [active])))).toEqual([]);
  });

  it('calls disrupted what is on one node only, where no row says otherwise; and what a row says of its kind (V-09)', () => {
    const eastWest = { name: 'mesh', ha: 'east-west' };
    expect(disruptedIn(plan(engines('17.1.3', [eastWest], [eastWest])))).toEqual(['mesh on se1', 'mesh on se2']);
    expect(
      disruptedIn(planOf({ n1: { serves: ['a', 'b'] }, n2: { serves: ['b'] } }, [{ name: 'all', lanes: 'one' }])),
    ).toEqual(['a on n1']);
  });

  it('calls disrupted whatever table says not to be, when all nodes that serve it may be down together', () => {
    const made = (lanesAtOnce?: number) =>
      planOf(
        engines('16.3.1', [active], [active], []),
        [{ name: 'engines', lanes: 'per-node', ...(lanesAtOnce && { lanesAtOnce }) }],
        { ha: { rules } },
        { ha: 'rules' },
      );
    expect(disruptedIn(made())).toEqual(['vs1 on se1', 'vs1 on se2']);
    expect(made().disruption[0]?.why).toBe('all 2 nodes that serve it may be down together');
    expect(disruptedIn(made(1))).toEqual([]);
  });

  it('says of each node and workload why, by which protocols its clients come, and counts them', () => {
    const shop = { name: 'shop', protocols: ['SMB'] };
    const made = planOf({ n1: { serves: [shop, 'mail'] }, n2: { serves: ['mail'] } }, [{ name: 'all', lanes: 'one' }]);
    expect(made.disruption).toEqual([
      {
        ...{ nodeId: 'n2', workload: 'mail', disrupted: false },
        why: 'its clients may go on at another node: it is on 2 nodes',
      },
      {
        ...{ nodeId: 'n1', workload: 'shop', disrupted: true, protocols: ['SMB'], moves: 1 },
        why: 'it is on no other node: its clients wait until it is moved or the node is back',
      },
      { ...made.disruption[0], nodeId: 'n1' },
    ]);
    expect(made.summary.workloads).toEqual({ total: 2, disrupted: 1, moved: 1, movedTwice: 0 });
    expect(planOf({ n1: {} }, [{ name: 'all', lanes: 'one' }]).summary).not.toHaveProperty('workloads');
  });

  it('is not disrupted by a restart of which the release says that nobody notices it', () => {
    const release = { ...request().release, effects: { disruptive: false } };
    const by = (activation: 'restart' | 'reboot') =>
      planOf({ n1: { serves: ['a'] } }, strategy().waves, { release }, { activation });
    expect([disruptedIn(by('restart')), disruptedIn(by('reboot'))]).toEqual([[], ['a on n1']]);
  });
});

describe('of several rows that fit', () => {
  it('the one that names the mode counts, then the one for most nodes, then the closest version, then the latest day (V-26)', () => {
    const [any, closer, later] = [
      { disrupted: true, since },
      { from: '16.3', disrupted: true, since },
      { from: '16.3', disrupted: true, since: '2026-02-01' },
    ];
    const named = { ha: 'elastic-n-plus-m', disrupted: false, since };
    const spread = { ...named, nodes: 2 };
    const rows = [later, spread, closer, named, any];
    const question = { version: '16.3.4', ha: 'elastic-n-plus-m', nodes: 2 };
    const left = [spread, named, later, closer, any];
    for (const [index, closest] of left.entries()) {
      const those = rows.filter((row) => left.slice(index).includes(row));
      expect(closestRow(those, question)).toEqual(closest);
    }
  });
});

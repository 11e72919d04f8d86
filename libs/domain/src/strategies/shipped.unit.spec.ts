import type { Hop, Release, Strategy } from '@baton/contracts';
import { renamed, shippedNames } from '@baton/testing';
import { readFileSync } from 'node:fs';
import { member, release } from '../../test/precheck-fixtures.js';
import { shipped, tableOf, throughPrechecks } from '../../test/shipped-fixtures.js';
import { hopCost } from '../plan/hop-cost.js';
import { modeOf } from '../versions/modes.js';
import { solvePath, type Solution } from '../versions/solve-path.js';

describe('every strategy that ships', () => {
  it.each(shippedNames())('is read, and is called like its file: %s', (name) => {
    expect(shipped(name).name).toBe(renamed(name));
    expect(readFileSync(`strategies/${name}.yaml`, 'utf8')).toContain(`\nname: ${name}\n`);
  });
});

describe('a hypervisor', () => {
  it('goes over as the software above it does, as an upgrade of its own (N-22)', () => {
    const { waves, onFailure, seeds, activation, checks, layer } = shipped('nutanix-hypervisor');
    const above = shipped('nutanix-aos');
    expect([above.layer, layer]).toEqual(['software', 'hypervisor']);
    expect({ waves, onFailure, seeds, activation, checks }).toEqual({
      ...{ waves: above.waves, onFailure: above.onFailure, seeds: above.seeds },
      ...{ activation: above.activation, checks: above.checks },
    });
  });
});

describe('controllers and service engines', () => {
  it('are upgraded only where every node reaches port 8443 of the controllers (V-13)', () => {
    expect(shipped('avi-system').reach).toEqual([{ to: { role: 'controller' }, port: 8443 }]);
  });
});

const INSTANT = shipped('qumulo-instant');
const ROLLING = shipped('qumulo-platform-rolling');
const COMPLETE = shipped('qumulo-platform-complete');
const MODES = [INSTANT, ROLLING, COMPLETE];
const CATALOGUE = [
  ...[
    '3.3.2',
    '3.3.3',
    '4.0.6',
    '4.3.4',
    '5.0.2',
    '5.0.3',
    '5.3.4',
    '6.0.2',
    '6.3.1',
    '7.0.1',
    '7.3.2',
    '8.0.0',
    '8.1.4',
  ],
];
const MEMBERS = ['n1', 'n2', 'n3', 'n4'].map((nodeId) => member(nodeId));

const TABLE = tableOf('qumulo-modes', 'modes');

/** What somebody gets who asks for a strategy by its name. */
const ask = (strategy: Strategy, from: string, to: string): Solution => {
  const catalogue = CATALOGUE.map((version) => release({ version }));
  const target = catalogue.find(({ version }) => version === to);
  if (!target) throw new Error(`${to} is not in the catalogue`);
  const strategies = new Map(MODES.map((one) => [one.name, one]));
  return solvePath({
    ...{ catalogue, from, target, strategy, running: [from], force: false },
    ...(strategy.versions?.modes !== undefined && {
      modes: { table: TABLE, strategies, today: '2026-06-15' },
    }),
    costOf: (one) => hopCost(one, MEMBERS),
  });
};
const hops = (solution: Solution): readonly Hop[] => ('path' in solution ? solution.path.hops : []);
const steps = (solution: Solution): readonly string[] =>
  hops(solution).map(({ to, strategy }) => `${to} ${MODES.find(({ name }) => name === strategy)?.title}`);
const sentence = (solution: Solution): string => ('path' in solution ? '' : solution.refused.message);

describe('the modes of a scale-out file system', () => {
  it('are one in which only the software restarts, on all nodes, and two in which nodes reboot (Q-01, Q-02, Q-05, Q-06)', () => {
    const said = MODES.map(({ activation, waves }) => [activation, ...waves.map(({ lanes }) => lanes)]);
    expect(said).toEqual([
      ['restart', 'per-node'],
      ['reboot', 'one'],
      ['reboot', 'per-node'],
    ]);
    expect(MODES.map((one) => hopCost(one, MEMBERS).down)).toEqual([4, 1, 4]);
  });

  it('call a restart late before anybody has waited for 30 s (Q-02)', () => {
    expect(INSTANT.timing.bootMs).toBeLessThanOrEqual(30_000);
  });

  it('say which protocols they interrupt, and so does each step before it begins (Q-05, Q-06, Q-08)', () => {
    expect(MODES.map((one) => hopCost(one, MEMBERS).interrupts)).toEqual([[], ['SMB'], ['SMB', 'NFS']]);
    const path = ask(shipped('qumulo'), '7.0.1', '8.1.4');
    expect(hops(path).map(({ interrupts }) => interrupts)).toEqual([['SMB'], []]);
  });

  it('say of each workload what they say of its protocol: instantly nothing is disrupted, together all is (Q-02, Q-05, Q-08)', () => {
    const modes = { table: TABLE, strategies: new Map(MODES.map((one) => [one.name, one])), today: '2026-06-15' };
    const workloads = [
      { name: 'share', protocols: ['SMB'] },
      { name: 'export', protocols: ['NFS'] },
    ];
    const node = { version: '6.0.2', facts: { workloads } };
    const planned = (strategy: Strategy, to: string, over: Partial<Release> = {}) => {
      const asked = { strategy, to, ...(strategy.versions?.modes !== undefined && { modes }) };
      const story = throughPrechecks(asked, { n1: node, n2: node }, [release({ version: to, ...over })]);
      expect(story.outcome).toEqual([]);
      const disrupted = story.disruption.flatMap((one) => (one.disrupted ? [`${one.workload} on ${one.nodeId}`] : []));
      return { ...story.summary, disrupted: disrupted.sort(), why: story.disruption[0]?.why };
    };
    const all = ['export on n1', 'export on n2', 'share on n1', 'share on n2'];
    expect(planned(INSTANT, '6.3.1')).toMatchObject({
      ...{ interrupts: [], disrupted: [], workloads: { total: 2, disrupted: 0 } },
      why: 'the strategy says that its clients do not notice a restart',
      disruption:
        'none: up to 2 of 2 nodes at a time restart their processes, and the strategy says that its clients do not notice a restart',
    });
    expect(planned(COMPLETE, '6.3.1')).toMatchObject({ interrupts: ['SMB', 'NFS'], disrupted: all });
    // A release that says otherwise is believed, in every sentence of the plan.
    for (const otherwise of [
      { effects: { disruptive: true } },
      { effects: { restarts: ['smbd'] } },
      { activation: 'reboot' as const },
    ]) {
      const { interrupts, disrupted, disruption } = planned(INSTANT, '6.3.1', otherwise);
      expect({ interrupts, disrupted }).toEqual({ interrupts: undefined, disrupted: all });
      expect(disruption).toMatch(/^up to 2 of 2 nodes are down at a time/);
    }
  });

  it('are known by the pair of versions, each step with its own and its time (Q-01, Q-19, Q-21)', () => {
    const path = ask(shipped('qumulo'), '6.0.2', '8.1.4');
    expect(steps(path)).toEqual([`7.0.1 ${ROLLING.title}`, ...[`8.0.0 ${ROLLING.title}`, `8.1.4 ${INSTANT.title}`]]);
    const [platform, , instant] = hops(path);
    expect(platform?.activation).toBe('reboot');
    expect(instant?.activation).toBe('restart');
    expect(platform?.expectedMs).toBeGreaterThan(instant?.expectedMs ?? Infinity);
    expect(steps(ask(shipped('qumulo'), '6.0.2', '6.3.1'))).toEqual([`6.3.1 ${INSTANT.title}`]);
  });

  it.each([3, 4, 5, 6, 7, 8])(
    'are instant inside of %i, rolling from it to the first minor of the next (Q-01)',
    (major) => {
      const modes = { table: TABLE, strategies: new Map(MODES.map((one) => [one.name, one])), today: '2026-06-15' };
      const mode = (to: string) => modeOf(modes, `${major}.1.3`, to)?.title;
      expect([mode(`${major}.1.4`), mode(`${major}.3.0`)]).toEqual([INSTANT.title, INSTANT.title]);
      const next = major === 8 ? undefined : ROLLING.title;
      expect([mode(`${major + 1}.0.2`), mode(`${major + 1}.1.0`)]).toEqual([next, undefined]);
    },
  );

  it('are refused to a pair that has another one, which is named (Q-01)', () => {
    expect(sentence(ask(INSTANT, '6.3.1', '7.0.1'))).toContain(`has ${ROLLING.name} for it, not ${INSTANT.name}`);
    expect(sentence(ask(ROLLING, '6.0.2', '6.3.1'))).toContain(`has ${INSTANT.name} for it, not ${ROLLING.name}`);
    expect(steps(ask(ROLLING, '6.3.1', '7.0.1'))).toEqual([`7.0.1 ${ROLLING.title}`]);
  });

  it('offer no restart below the release that has containers (Q-03)', () => {
    expect(steps(ask(INSTANT, '3.3.2', '3.3.3'))).toEqual([`3.3.3 ${INSTANT.title}`]);
    for (const asked of [INSTANT, shipped('qumulo')]) {
      expect(sentence(ask(asked, '3.3.1', '3.3.3'))).toMatch(/^versions\.from forbids/);
    }
  });

  it('offer no rolling reboot below 5.0.3, only the complete one to who asks for it by its name and commits it (Q-06, Q-07)', () => {
    expect(steps(ask(ROLLING, '5.0.3', '6.0.2'))).toEqual([`6.0.2 ${ROLLING.title}`]);
    expect(sentence(ask(ROLLING, '5.0.2', '6.0.2'))).toMatch(/^versions\.from forbids/);
    for (const asked of [ROLLING, shipped('qumulo')]) {
      expect(sentence(ask(asked, '4.3.4', '5.0.2'))).toMatch(/^versions\.from forbids/);
    }
    expect(TABLE.rows.map(({ strategy }) => strategy)).not.toContain(COMPLETE.name);
    expect(steps(ask(COMPLETE, '4.3.4', '5.0.2'))).toEqual([`5.0.2 ${COMPLETE.title}`]);
    expect(COMPLETE.autoCommit).toBe(false);
  });
});

describe('the strategy for a cluster of which nothing special is known', () => {
  it('has everything that keeps a failure small', () => {
    const { seeds, checks, waves, gates, onFailure, backup, rollback, mixed, versions } = shipped('default');
    expect({ seeds, checks, onFailure, backup, versions }).toEqual({
      ...{ seeds: 2, checks: {}, backup: { keep: 3 }, onFailure: { scope: 'lane', action: 'stall' } },
      versions: undefined,
    });
    expect(waves).toEqual([
      expect.objectContaining({ canary: 1, lanes: { label: 'lane' }, thresholds: { failedMax: 10, doneMin: 90 } }),
    ]);
    expect(waves[0]?.soakMs).toBeGreaterThan(0);
    expect(waves[0]?.gates?.map(({ gate }) => gate)).toEqual(['quorum']);
    expect(gates?.map(({ gate }) => gate)).toEqual(['services', 'peers']);
    expect(rollback?.withinMs).toBeGreaterThan(0);
    expect(mixed?.warnAfterMs).toBeGreaterThan(0);
  });
});

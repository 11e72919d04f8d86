import { aRun, FACTS, granted, returned } from '../test/a-run.js';
import { checkHistory } from './check-history.js';
import type { Exported, History } from './history.js';

const broken = (history: History): readonly string[] => [
  ...new Set(
    checkHistory(history)
      .filter(({ violations }) => violations.length > 0)
      .map(({ invariant }) => invariant),
  ),
];

const changed = (log: readonly Exported[], index: number, change: Partial<Exported>): readonly Exported[] =>
  log.map((event, at) => (at === index ? { ...event, ...change } : event));

describe('the history checker', () => {
  it('finds nothing wrong with a run in which nothing is wrong', () => {
    expect(broken(aRun())).toEqual([]);
  });

  it.each<[string, string, (run: History) => History]>([
    ['INV-1', 'a byte was changed', (run) => ({ ...run, log: changed(run.log, 1, { data: { nodeId: 'n9' } }) })],
    ['INV-1', 'a position is missing', (run) => ({ ...run, log: run.log.filter(({ position }) => position !== 5) })],
    ['INV-2', 'a version is missing', (run) => ({ ...run, log: changed(run.log, 3, { streamversion: 2 }) })],
    ['INV-5', 'a command was taken twice', (run) => ({ ...run, log: changed(run.log, 7, { commandid: 'command-1' }) })],
    [
      'INV-7',
      'a message was published twice',
      (run) => ({ ...run, stream: [...(run.stream ?? []), { seq: 10, event: run.log[8] as Exported }] }),
    ],
    ['INV-8', 'the relay stopped early', (run) => ({ ...run, stream: (run.stream ?? []).slice(0, 5) })],
    ['INV-10', 'the status is behind', (run) => ({ ...run, statuses: [{ upgradeId: 'u1', position: 3, nodes: [] }] })],
    [
      'INV-13',
      'a node went down without a grant',
      (run) => ({ ...run, truth: run.truth.map((line) => ({ ...line, epoch: line.epoch && line.epoch + 7 })) }),
    ],
    [
      'INV-14',
      'two nodes of a lane were down together',
      (run) => ({
        ...run,
        truth: run.truth.map((line) => (line.nodeId === 'n2' ? { ...line, monotonicMs: line.monotonicMs - 95 } : line)),
      }),
    ],
    [
      'INV-17',
      'the active partition was written',
      (run) => ({
        ...run,
        truth: run.truth.map((line) => (line.event === 'down' ? { ...line, digests: { A: 'x', B: 'new' } } : line)),
      }),
    ],
    [
      'INV-24',
      'an effect was carried out twice with two outcomes',
      (run) => ({ ...run, journals: [ended('done'), ended('failed')] }),
    ],
  ])('%s: sees that %s', (invariant, _what, spoil) => {
    expect(broken(spoil(aRun()))).toContain(invariant);
  });

  it('INV-11, INV-16: sees a second grant while a token is out', () => {
    const facts = [...FACTS.slice(0, 4), granted('n2', 1_000_002)];
    expect(broken(aRun(facts))).toEqual(expect.arrayContaining(['INV-11', 'INV-16']));
  });

  it('INV-12: sees an epoch that does not rise', () => {
    expect(broken(aRun([...FACTS, granted('n2', 1_000_002)]))).toContain('INV-12');
  });

  it('INV-16: sees a grant after a pause', () => {
    const facts = [...FACTS.slice(0, 6), ['upgrade-u1', 'PauseRequested', {}] as const, ...FACTS.slice(6)];
    expect(broken(aRun(facts))).toEqual(['INV-16']);
  });

  it('INV-20: sees the grant of bytes that were not staged', () => {
    expect(broken(aRun(FACTS.filter(([, type]) => type !== 'NodeStaged')))).toContain('INV-20');
  });

  it('INV-22: sees a grant in a stalled lane', () => {
    const stalled = ['lane-u1_main', 'LaneStalled', { nodeId: 'n1', epoch: 1_000_001 }] as const;
    expect(broken(aRun([...FACTS.slice(0, 4), stalled, returned('n1', 1_000_001), ...FACTS.slice(6)]))).toContain(
      'INV-22',
    );
  });

  it('INV-24: sees an upgraded node go down again', () => {
    expect(broken(aRun([...FACTS, granted('n1', 1_000_003)]))).toContain('INV-24');
  });
});

const ended = (status: string) => ({
  outcome: { clusterId: 'demo', nodeId: 'n1', upgradeNo: 1, verb: 'activate', attempt: 1, epoch: 1_000_001, status },
});

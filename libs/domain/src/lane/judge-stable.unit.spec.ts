import type { Facts, ProbeResult } from '@baton/contracts';
import { answered, asked, epoch, lane, opened, turn, typesOf, wellProbed } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const n2 = turn('n2', 2);
const history = [opened(), turn('n1', 1).done, n2.booted];
const booted = lane(history);
const IN_TIME = 30_999;
const LATE = 31_000;

const probed = (facts: Partial<Facts> = {}, probe: ProbeResult = wellProbed(2), now = IN_TIME, of = booted) =>
  answered(of, n2.answer('probe', { facts: n2.after(facts), probe }), now);
const cut = (from: string, to: string) => ({ reached: 3, failures: [{ from, to, reason: 'timeout' }] });

describe('a stable holder', () => {
  it('N-14 is asked for its health and its peers, both ways, in one question', () => {
    expect(booted.outstanding()).toMatchObject([
      { nodeId: 'n2', verb: 'probe', peers: ['n1', 'n3'], args: { back: true }, everyMs: 250 },
    ]);
  });

  it('N-13 N-14 hands the token to the next node in the same append', () => {
    const [stable, returned, granted, ...more] = probed();
    expect(stable).toEqual({
      type: 'HolderStable',
      data: {
        ...{ nodeId: 'n2', epoch: epoch(2) },
        evidence: {
          ...{ healthyForMs: 60_000, bootId: 'boot-n2-2', version: '1.1.0', services: 2 },
          probes: [
            { from: 'n2', to: 'n1' },
            { from: 'n1', to: 'n2' },
            { from: 'n2', to: 'n3' },
            { from: 'n3', to: 'n2' },
          ],
        },
      },
    });
    expect(returned).toEqual({
      type: 'TokenReturned',
      data: { nodeId: 'n2', epoch: epoch(2), outcome: 'upgraded' },
    });
    expect(granted).toMatchObject({ type: 'TokenGranted', data: { nodeId: 'n3', epoch: epoch(3), at: IN_TIME } });
    expect(more).toEqual([]);
  });

  it('INV-16 keeps the next token back when a pause came meanwhile', () => {
    const of = lane(history, intended('PauseRequested'));
    expect(typesOf(probed({}, wellProbed(2), IN_TIME, of))).toEqual(['HolderStable', 'TokenReturned']);
  });

  it('counts also after its deadline, when it was not called late before', () => {
    expect(typesOf(probed({}, wellProbed(2), LATE))).toContain('HolderStable');
  });
});

const UNWELL: readonly (readonly [string, Partial<Facts>, ProbeResult, string, boolean, string])[] = [
  [
    ...(['a service is down', { services: { storage: 'down', smb: 'up' } }, wellProbed(2)] as const),
    ...(['service-down', false, 'n2 runs without storage; 30000 ms were allowed.'] as const),
  ],
  [
    ...(['a component is down', { components: { medusa: 'down' } }, wellProbed(2)] as const),
    ...(['service-down', false, 'n2 runs without medusa; 30000 ms were allowed.'] as const),
  ],
  [
    ...(['the layer is not up', { layers: {} }, wellProbed(2)] as const),
    ...(['service-down', false, 'n2 runs without software; 30000 ms were allowed.'] as const),
  ],
  [
    ...(['the hypervisor is down', { hypervisorUp: false }, wellProbed(2)] as const),
    ...(['service-down', true, 'The hypervisor under n2 is down; 30000 ms were allowed.'] as const),
  ],
  [
    ...(['it does not reach a peer', {}, cut('n2', 'n3')] as const),
    ...(['peer-unreachable', true] as const),
    'n2 is not in touch with n1, n3: n2 does not reach n3 (timeout); 30000 ms were allowed.',
  ],
  [
    ...(['a peer does not reach it', {}, cut('n1', 'n2')] as const),
    ...(['peer-unreachable', true] as const),
    'n2 is not in touch with n1, n3: n1 does not reach n2 (timeout); 30000 ms were allowed.',
  ],
  [
    ...(['the peers did not try', {}, { reached: 2, failures: [] }] as const),
    ...(['peer-unreachable', true] as const),
    'n2 is not in touch with n1, n3: it tried 2 ways only; 30000 ms were allowed.',
  ],
  [
    ...(['it has not been well long enough', { healthyForMs: 999 }, wellProbed(2)] as const),
    ...(['not-stable', false] as const),
    'n2 has been well for 999 ms only, not for 1000 ms; 30000 ms were allowed.',
  ],
];

describe('a holder that is not stable', () => {
  it.each(UNWELL)('N-14 keeps the token while %s', (_what, facts, probe) => {
    expect(probed(facts, probe)).toEqual([]);
  });

  it.each(UNWELL)(
    'N-16 N-21 INV-22 stalls at the deadline because %s',
    (_what, facts, probe, reason, caught, evidence) => {
      expect(probed(facts, probe, LATE)).toEqual([
        {
          type: 'LaneStalled',
          data: {
            ...{ nodeId: 'n2', epoch: epoch(2), reason, evidence, deadlineMs: 30_000, at: LATE },
            ...{ failures: probe.failures.length > 0 || reason === 'peer-unreachable' ? probe.failures : undefined },
            precheckCouldHaveCaught: caught,
          },
        },
      ]);
    },
  );

  it('N-14 shows nothing by half of the evidence', () => {
    expect(answered(booted, n2.answer('inspect', { facts: n2.after() }), LATE)).toEqual([]);
    expect(answered(booted, n2.answer('probe', { probe: wellProbed(2) }), LATE)).toEqual([]);
  });

  it('flapping: a further boot stalls at once', () => {
    expect(probed({ bootId: 'third' })).toMatchObject([
      {
        data: {
          reason: 'flapping',
          evidence: 'n2 came back and went down again: boot boot-n2-2, run run-n2-2, then boot third, run run-n2-2.',
        },
      },
    ]);
  });

  it('N-16 is judged in the life that it has now when it was resumed: whoever saw to it may have rebooted it', () => {
    const resumed = { ...n2.stalled, type: 'LaneResumed', data: { nodeId: 'n2', epoch: epoch(2), at: 70_000 } };
    const of = lane(history, n2.stalled, intended('ResumeRequested'), resumed);
    const third = { bootId: 'third', runId: 'third' };
    expect(typesOf(probed(third, wellProbed(2), 70_500, of))).toContain('HolderStable');
    expect(probed({ ...third, healthyForMs: 1 }, wellProbed(2), 70_500, of)).toEqual([]);
    expect(probed({ bootId: 'boot-n2' }, wellProbed(2), 70_500, of)).toEqual([]);
  });

  it('flapping: a restarted layer stalls only where a restart is the activation', () => {
    const restarted = lane(asked({ activation: 'restart' }), history);
    expect(probed({ runId: 'third' }, wellProbed(2), IN_TIME, restarted)).toMatchObject([
      { data: { reason: 'flapping' } },
    ]);
    expect(typesOf(probed({ runId: 'third' }))).toContain('HolderStable');
  });

  it('INV-21 a fallback after a first boot stalls as what it is', () => {
    const fellBack = { from: '1.1.0', to: '1.0.0', tries: 3 };
    const old = { software: '1.0.0' };
    expect(probed({ bootId: 'third', layers: old, fellBack })).toMatchObject([{ data: { reason: 'fell-back' } }]);
    expect(probed({ bootId: 'third', layers: old })).toMatchObject([{ data: { reason: 'wrong-version' } }]);
    expect(probed({ layers: old })).toMatchObject([{ data: { reason: 'wrong-version' } }]);
  });

  it('INV-15 is not judged by an answer from its life before', () => {
    expect(probed({ bootId: 'boot-n2', layers: { software: '1.0.0' } }, wellProbed(2), LATE)).toEqual([]);
  });
});

describe('the peers of a holder', () => {
  const peers = (of: ReturnType<typeof lane>) => of.outstanding()[0]?.peers;
  const alone = (...witnesses: string[]) => lane(opened(['n2'], { witnesses }), n2.booted);
  const unreached = (...nodeIds: string[]): ProbeResult => ({
    reached: 2,
    failures: nodeIds.map((to) => ({ from: 'n2', to, reason: 'timeout' })),
  });

  it('are its neighbours in the ring of the lane', () => {
    expect(peers(lane(opened(['n2', 'n3', 'n4', 'n5']), n2.booted))).toEqual(['n3', 'n5']);
    expect(peers(lane(opened(['n2', 'n3']), n2.booted))).toEqual(['n3']);
  });

  it('are not nodes that were evicted', () => {
    const evicted = intended('EvictRequested', { nodeId: 'n3', confirmedDown: true });
    expect(peers(lane(history, evicted))).toEqual(['n1', 'n4']);
  });

  it('are the witnesses of a lane of one node, of which one is enough', () => {
    expect(peers(alone('m1', 'm2'))).toEqual(['m1', 'm2']);
    const seenByOne = { ...unreached('m1'), reached: 3 };
    expect(typesOf(probed({}, seenByOne, IN_TIME, alone('m1', 'm2')))).toContain('HolderStable');
    const seenByNone = unreached('m1', 'm2');
    expect(probed({}, seenByNone, LATE, alone('m1', 'm2'))).toMatchObject([{ data: { reason: 'peer-unreachable' } }]);
  });

  it('are none in a cluster of one node', () => {
    expect(typesOf(probed({}, wellProbed(0), IN_TIME, alone()))).toContain('HolderStable');
  });

  it.each([
    [20, 25],
    [1000, 250],
    [600_000, 1000],
  ])('are asked often enough to see %s ms of good health', (stableMs, everyMs) => {
    const { timing } = booted.context.intent.request!.strategy;
    const of = lane(asked({ timing: { ...timing, stableMs } }), history);
    expect(of.outstanding()).toMatchObject([{ everyMs }]);
  });
});

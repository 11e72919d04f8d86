import {
  NODES,
  advance,
  answered,
  asked,
  eventsOf,
  lane,
  opened,
  passed,
  turn,
  typesOf,
  wellProbed,
} from '../../test/lane-fixtures.js';
import { UPGRADE, intended } from '../../test/precheck-fixtures.js';

const n1 = turn('n1', 1);
const granted = lane(opened(), n1.granted);
const drained = lane(opened(), n1.drained);
const activated = lane(opened(), n1.activated);
const booted = lane(opened(), n1.booted);
const silent = (of: ReturnType<typeof lane>, now: number, nodeId = 'n1', forMs = 5000) =>
  eventsOf(of.when({ type: 'NodeSilent', nodeId, verb: 'inspect', forMs, now }));

describe('deadlines', () => {
  it.each([
    ['drain-late', granted, 11_000, 10_000, 'n1 has not said that it is drained'],
    ['activate-late', drained, 11_000, 10_000, 'n1 has not said that it carried out activate'],
    ['boot-late', activated, 91_000, 60_000, 'n1 gives no answer since it was to go down from boot boot-n1'],
    ['silent', booted, 61_000, 30_000, 'n1 came back with boot boot-n1-1 and gives no answer that shows it stable'],
  ] as const)(
    'N-16 INV-16 %s stalls the lane, keeps the token and does nothing else',
    (reason, of, at, ms, evidence) => {
      expect(of.due()).toMatchObject([{ at }]);
      expect(passed(of, at - 1)).toEqual([]);
      expect(passed(of, at)).toEqual([
        {
          type: 'LaneStalled',
          data: {
            ...{ nodeId: 'n1', epoch: 3_000_001, reason, evidence: `${evidence}; ${ms} ms were allowed.` },
            ...{ deadlineMs: ms, precheckCouldHaveCaught: false, at },
          },
        },
      ]);
    },
  );

  it('names revert where the node was to go back', () => {
    const back = lane(opened(undefined, { direction: 'back' }), turn('n1', 1, 1, 'back').drained);
    expect(passed(back, 11_000)).toMatchObject([{ data: { evidence: expect.stringContaining('carried out revert') } }]);
  });

  it('mean nothing to another step than theirs', () => {
    const [due] = granted.due();
    expect(eventsOf(drained.when({ ...due!.command, now: 1e15 }))).toEqual([]);
    expect(eventsOf(lane(opened()).when({ ...due!.command, now: 5000 }))).toMatchObject([{ type: 'TokenGranted' }]);
  });
});

describe('a stall', () => {
  const { data: late } = passed(activated, 91_000)[0]!;

  it.each(['wave', 'upgrade'] as const)('INV-22 of scope %s is told to the other lanes in the same append', (scope) => {
    expect(passed(lane(asked({ onFailure: { scope } }), opened(), n1.activated), 91_000)).toEqual([
      { type: 'LaneStalled', data: late },
      { type: 'RolloutStalled', stream: `rollout-${UPGRADE}`, data: { lane: 'main', wave: 1, scope } },
    ]);
  });

  it('that somebody asked to end before it began is told to nobody', () => {
    const evicted = intended('EvictRequested', { nodeId: 'n1', confirmedDown: true });
    const of = lane(asked({ onFailure: { scope: 'upgrade' } }), opened(), n1.activated, evicted);
    expect(typesOf(passed(of, 91_000))).not.toContain('RolloutStalled');
  });
});

describe('silence', () => {
  it('is no news before the deadline', () => {
    expect(silent(activated, 60_999)).toEqual([]);
    expect(silent(booted, 30_999)).toEqual([]);
    expect(silent(granted, 1e15)).toEqual([]);
    expect(silent(lane(opened(['n1']), n1.done), 1e15)).toMatchObject([{ type: 'LaneClosed' }]);
  });

  it('N-16 stalls after it', () => {
    expect(silent(activated, 61_000)).toMatchObject([{ data: { reason: 'boot-late' } }]);
    expect(silent(booted, 31_000)).toMatchObject([{ data: { reason: 'silent' } }]);
  });

  it('is not yet what one lost message makes', () => {
    expect(silent(activated, 61_000, 'n1', 4999)).toEqual([]);
  });

  it('of another node is not the holder', () => {
    expect(silent(booted, 31_000, 'n2')).toEqual([]);
  });
});

describe('N-18 N-20 mixed versions for as long as one likes', () => {
  const DAYS_90 = 90 * 86_400_000;
  const dones = NODES.map((nodeId, index) => turn(nodeId, index + 1).done);

  it.each([0, 1, 2, 3])('%s of 4 upgraded, stalled: nothing is recorded or done to a node in 90 days', (done) => {
    const holder = turn(NODES[done]!, done + 1);
    const stalled = lane(opened(), dones.slice(0, done), holder.booted, holder.stalled);
    expect(stalled.due()).toEqual([]);
    expect(stalled.outstanding()).toEqual([]);
    for (let now = 2000; now < DAYS_90; now += DAYS_90 / 90) {
      expect(advance(stalled, now)).toEqual([]);
      expect(silent(stalled, now, holder.before().nodeId)).toEqual([]);
      const well = holder.answer('probe', { facts: holder.after(), probe: wellProbed(2) });
      expect(answered(stalled, well, now)).toEqual([]);
    }
  });

  it('4 of 4 upgraded: the lane closes', () => {
    expect(advance(lane(opened(), dones), DAYS_90)).toMatchObject([{ type: 'LaneClosed', data: { done: 4 } }]);
  });
});

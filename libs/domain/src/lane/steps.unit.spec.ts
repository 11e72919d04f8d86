import { answered, lane, opened, turn, typesOf } from '../../test/lane-fixtures.js';

const n1 = turn('n1', 1);
const granted = lane(opened(), n1.granted);
const drained = lane(opened(), n1.drained);
const activated = lane(opened(), n1.activated);

describe('the steps of a holder', () => {
  it('N-11 N-17 drains first, and records whom it sends down', () => {
    expect(granted.outstanding()).toMatchObject([{ nodeId: 'n1', verb: 'drain', epoch: 3_000_001, attempt: 1 }]);
    expect(answered(granted, n1.answer('drain', { facts: n1.before() }))).toEqual([
      {
        type: 'HolderDrained',
        data: {
          ...{ nodeId: 'n1', epoch: 3_000_001, bootId: 'boot-n1', runId: 'run-n1', at: 5000 },
          ...{ instanceId: 'instance-n1', version: '1.0.0', digest: undefined },
        },
      },
    ]);
  });

  it('takes the word of a drained node that tells no facts', () => {
    expect(answered(granted, n1.answer('drain'))[0]?.data).toEqual({
      ...{ nodeId: 'n1', epoch: 3_000_001, bootId: 'boot-n1', runId: 'run-n1', at: 5000 },
    });
  });

  it('N-11 then activates, and looks for the next life of the node at the same time', () => {
    const [activate, inspect] = drained.outstanding();
    expect(activate).toMatchObject({
      verb: 'activate',
      args: { activation: 'reboot', artifact: { version: '1.1.0' } },
    });
    expect(inspect).toMatchObject({ verb: 'inspect', everyMs: 250 });
    expect(answered(drained, n1.answer('activate'))).toMatchObject([
      { type: 'HolderActivated', data: { bootId: 'boot-n1', alreadyActive: false } },
    ]);
  });

  it('records which life it leaves: it may have rebooted by itself since it was drained', () => {
    const later = n1.answer('activate', {}, { bootId: 'boot-n1-1' });
    expect(answered(drained, later)[0]).toMatchObject({ data: { bootId: 'boot-n1-1' } });
  });

  it('needs no answer to activate from a node that came back on the target', () => {
    expect(typesOf(answered(drained, n1.answer('inspect', { facts: n1.after() })))).toEqual([
      'HolderActivated',
      'HolderBooted',
    ]);
    expect(answered(drained, n1.answer('inspect', { facts: n1.before() }))).toEqual([]);
    const reborn = n1.after({ layers: { software: '1.0.0' } });
    expect(answered(drained, n1.answer('inspect', { facts: reborn }))).toEqual([]);
  });

  it('waits while the node is at it', () => {
    expect(answered(granted, n1.answer('drain', {}, { status: 'running' }))).toEqual([]);
    expect(answered(drained, n1.answer('activate', {}, { status: 'accepted' }))).toEqual([]);
  });

  it('N-11 back: drains, then reverts', () => {
    const back = turn('n1', 1, 1, 'back');
    const held = lane(opened(undefined, { direction: 'back' }), back.drained);
    expect(held.outstanding()).toMatchObject([{ verb: 'revert', args: { artifact: { version: '1.1.0' } } }, {}]);
    const already = back.answer('revert', { alreadyActive: true });
    expect(answered(held, already)).toMatchObject([{ type: 'HolderActivated', data: { alreadyActive: true } }]);
  });
});

describe('answers that mean nothing', () => {
  it.each([
    ['a lower epoch', { epoch: 2_000_009 }],
    ['another attempt', { attempt: 2 }],
    ['no epoch', { epoch: undefined }],
    ['another node', { nodeId: 'n2' }],
    ['another upgrade', { upgradeId: 'u1' }],
    ['a lower number of the upgrade', { upgradeNo: 1 }],
  ])('INV-15 %s', (_what, over) => {
    expect(answered(granted, n1.answer('drain', {}, over))).toEqual([]);
    expect(answered(drained, n1.answer('activate', {}, { ...over, status: 'failed' }))).toEqual([]);
    expect(answered(activated, n1.answer('inspect', { facts: n1.after() }, over))).toEqual([]);
  });

  it('INV-24 the same answer again', () => {
    expect(answered(drained, n1.answer('drain'))).toEqual([]);
    expect(answered(activated, n1.answer('activate'))).toEqual([]);
    expect(answered(lane(opened(), n1.booted), n1.answer('inspect', { facts: n1.after() }))).toEqual([]);
  });

  it('an answer to a lane that nobody holds', () => {
    expect(answered(lane(opened(['n1']), n1.done), n1.answer('drain'))).toMatchObject([{ type: 'LaneClosed' }]);
    expect(answered(lane(), n1.answer('drain'))).toEqual([]);
  });
});

describe('a node that does not do its step', () => {
  it.each(['failed', 'refused'] as const)('N-16 INV-22 %s: the lane stalls and keeps the token', (status) => {
    const no = { status, reason: 'stale-epoch', message: 'it has seen 9' };
    expect(answered(granted, n1.answer('drain', {}, no))).toEqual([
      {
        type: 'LaneStalled',
        data: {
          ...{ nodeId: 'n1', epoch: 3_000_001, reason: 'drain-failed', at: 5000, precheckCouldHaveCaught: false },
          evidence: `n1 ${status} drain (stale-epoch: it has seen 9).`,
        },
      },
    ]);
    expect(answered(drained, n1.answer('activate', {}, no))).toMatchObject([{ data: { reason: 'activate-failed' } }]);
  });

  it('N-21 says when a precheck would have found it', () => {
    const full = { status: 'failed', reason: 'disk-full' } as const;
    expect(answered(drained, n1.answer('activate', {}, full))).toMatchObject([
      { data: { precheckCouldHaveCaught: true } },
    ]);
  });

  it('says so when the node gives no reason', () => {
    expect(answered(granted, n1.answer('drain', {}, { status: 'failed' }))[0]).toMatchObject({
      data: { evidence: 'n1 failed drain (it gave no reason).' },
    });
  });
});

import type { Activation, Facts } from '@baton/contracts';
import { answered, asked, lane, onLane, opened, turn } from '../../test/lane-fixtures.js';
import { intended } from '../../test/precheck-fixtures.js';

const n1 = turn('n1', 1);
const going = (activation: Activation) => lane(asked({ activation }), opened(), n1.activated);
const seen = (of: ReturnType<typeof lane>, facts: Facts, now?: number) =>
  answered(of, n1.answer('inspect', { facts }), now);
const target = { software: '1.1.0' };

describe('a node that went over', () => {
  it('is on record with its new life and its versions', () => {
    expect(seen(going('reboot'), n1.after())).toEqual([
      {
        type: 'HolderBooted',
        data: {
          ...{ nodeId: 'n1', epoch: 3_000_001, bootId: 'boot-n1-1', runId: 'run-n1-1', at: 5000 },
          layers: target,
        },
      },
    ]);
  });

  it.each<[Activation, Partial<Facts>, boolean]>([
    ['reboot', { bootId: 'new' }, true],
    ['reboot', { runId: 'new' }, false],
    ['restart', { runId: 'new' }, true],
    ['restart', { runId: 'new', bootId: 'new' }, false],
    ['restart', {}, false],
    ['replace', { bootId: 'new', instanceId: 'new' }, true],
    ['replace', { bootId: 'new' }, false],
    ['replace', { instanceId: 'new' }, false],
  ])('N-14 %s: %j counts as a new life: %s', (activation, life, isNew) => {
    const found = seen(going(activation), n1.before({ layers: target, ...life }));
    expect(found.map(({ type }) => type)).toEqual(isNew ? ['HolderBooted'] : []);
  });

  it('is not asked for a new life when it had nothing to change', () => {
    const [granted, drained] = n1.drained;
    const already = onLane('HolderActivated', {
      ...{ nodeId: 'n1', epoch: 3_000_001, bootId: 'boot-n1', runId: 'run-n1', alreadyActive: true, at: 1000 },
    });
    const held = lane(opened(), granted!, drained!, already);
    expect(seen(held, n1.before({ layers: target }))).toMatchObject([{ type: 'HolderBooted' }]);
    expect(seen(held, n1.before())).toMatchObject([{ data: { reason: 'wrong-version' } }]);
  });
});

describe('a node that rebooted by itself between draining and activating', () => {
  const [granted, drained] = n1.drained;
  const ids = { bootId: 'own', runId: 'own' };
  const token = { nodeId: 'n1', epoch: 3_000_001 };
  const activated = onLane('HolderActivated', { ...token, ...ids, alreadyActive: false, at: 1000 });
  const held = lane(opened(), granted!, drained!, activated);
  const skip = intended('SkipRequested', { nodeId: 'n1' });

  it('INV-11 is not taken for back on the wrong version: it is still to go down', () => {
    expect(seen(held, n1.before(ids))).toEqual([]);
    const skipped = lane(opened(), granted!, drained!, activated, n1.stalled, skip);
    expect(seen(skipped, n1.before(ids))).toEqual([]);
    expect(seen(lane(opened(), granted!, drained!, n1.stalled, skip), n1.before(ids))).toEqual([]);
  });

  it('is back in the life after, and on the target in any life since it was drained', () => {
    expect(seen(held, n1.before({ bootId: 'third' }))).toMatchObject([{ data: { reason: 'wrong-version' } }]);
    expect(seen(held, n1.after(ids))).toMatchObject([{ type: 'HolderBooted' }]);
  });
});

describe('a node that went over to something else', () => {
  const old = { software: '1.0.0' };

  it('N-16 wrong-version stalls at once', () => {
    expect(seen(going('reboot'), n1.after({ layers: old }))).toMatchObject([
      {
        type: 'LaneStalled',
        data: { reason: 'wrong-version', evidence: 'n1 came back on 1.0.0 in place of 1.1.0.' },
      },
    ]);
  });

  it('INV-21 fell-back says what did not boot, and how often it was tried', () => {
    const fellBack = { from: '1.1.0', to: '1.0.0', tries: 3 };
    expect(seen(going('reboot'), n1.after({ layers: old, fellBack }))).toMatchObject([
      {
        data: {
          reason: 'fell-back',
          evidence: 'n1 came back on 1.0.0 in place of 1.1.0: 1.1.0 did not boot healthy in 3 tries.',
        },
      },
    ]);
  });

  it('waits for a layer that is not up yet, until the deadline', () => {
    expect(seen(going('reboot'), n1.after({ layers: {} }))).toEqual([]);
    expect(seen(going('reboot'), n1.after({ layers: {} }), 61_000)).toMatchObject([
      { data: { reason: 'boot-late', deadlineMs: 60_000 } },
    ]);
  });

  it('INV-16 the answer after the deadline says that the node is still in its old life', () => {
    expect(seen(going('reboot'), n1.before(), 60_999)).toEqual([]);
    expect(seen(going('reboot'), n1.before(), 61_000)).toMatchObject([
      {
        data: {
          ...{ reason: 'boot-late', deadlineMs: 60_000, precheckCouldHaveCaught: false },
          evidence: 'n1 has not gone over: boot boot-n1, run run-n1, on 1.0.0; 60000 ms were allowed.',
        },
      },
    ]);
  });

  it('back: what the upgrade brought is wrong, and so is any version but the one before', () => {
    const back = turn('n1', 1, 1, 'back');
    const returning = lane(opened(undefined, { direction: 'back' }), back.activated);
    const on = (software: string) =>
      answered(returning, back.answer('inspect', { facts: back.after({ layers: { software } }) }));
    expect(on('1.0.0')).toMatchObject([{ type: 'HolderBooted' }]);
    expect(on('1.1.0')).toMatchObject([{ data: { evidence: 'n1 came back on 1.1.0 in place of 1.0.0.' } }]);
    expect(on('0.9.0')).toMatchObject([{ data: { reason: 'wrong-version' } }]);
  });
});

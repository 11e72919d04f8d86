import fc from 'fast-check';
import { VERBS, type NodeCommand, type Verb } from '@baton/contracts';
import { ground, raise, refusalOf, type Floor } from './floor.js';

const command = (verb: Verb, upgradeNo: number, epoch?: number, upgradeId = `u${upgradeNo}`): NodeCommand => ({
  ...{ clusterId: 'demo', nodeId: 'n1', verb, stage: 'rollout', upgradeId, upgradeNo, instance: 'u', attempt: 1 },
  ...{ epoch, args: {} },
});

const after = (...commands: readonly NodeCommand[]): Floor => commands.reduce(raise, ground);

describe('a node that has seen orders', () => {
  it.each<[string, readonly NodeCommand[], NodeCommand, string | undefined]>([
    ['an older upgrade', [command('stage', 3)], command('stage', 2), 'stale-upgrade'],
    ['an older epoch', [command('drain', 3, 32)], command('activate', 3, 31), 'stale-epoch'],
    ['a turn without an epoch', [], command('activate', 3), 'epoch-missing'],
    ['a turn that was given up', [command('cancel', 3, 31)], command('drain', 3, 31), 'cancelled'],
    ['stage once the token was granted', [command('drain', 3, 31)], command('stage', 3), 'stale-stage'],
    [
      'stage once a granted turn was given up',
      [command('drain', 3, 31), command('cancel', 3, 31)],
      command('stage', 3),
      'stale-stage',
    ],
    [
      'stage of another upgrade with the same number',
      [command('stage', 3)],
      command('stage', 3, undefined, 'x'),
      'other-upgrade',
    ],
    [
      'drain of another upgrade with the same number',
      [command('stage', 3)],
      command('drain', 3, 31, 'x'),
      'other-upgrade',
    ],
    [
      'cancel of another upgrade with the same number',
      [command('drain', 3, 31)],
      command('cancel', 3, 31, 'x'),
      'other-upgrade',
    ],
    ['the same epoch again', [command('drain', 3, 31)], command('activate', 3, 31), undefined],
    ['the turn after one that was given up', [command('cancel', 3, 31)], command('drain', 3, 32), undefined],
    ['finalize after a turn was given up', [command('cancel', 3, 31)], command('finalize', 3, 31), undefined],
    ['stage of the next upgrade', [command('drain', 3, 31)], command('stage', 4), undefined],
  ])('judges %s (INV-13, INV-15)', (_what, seen, next, reason) => {
    expect(refusalOf(after(...seen), next)?.reason).toBe(reason);
  });

  const anyCommand = fc
    .record({ verb: fc.constantFrom(...VERBS), upgradeNo: fc.nat(4), epoch: fc.option(fc.nat(50), { nil: undefined }) })
    .map(({ verb, upgradeNo, epoch }) => command(verb, upgradeNo, epoch));

  it('never forgets the highest, in whatever order orders come (INV-15)', () => {
    fc.assert(
      fc.property(fc.array(anyCommand), anyCommand, (seen, next) => {
        const [before, now] = [after(...seen), after(...seen, next)];
        expect(now.upgradeNo).toBeGreaterThanOrEqual(before.upgradeNo);
        expect(now.epoch).toBeGreaterThanOrEqual(before.epoch);
        expect(now.grantedUpgradeNo).toBeGreaterThanOrEqual(before.grantedUpgradeNo);
        expect(now.cancelledEpoch).toBeGreaterThanOrEqual(before.cancelledEpoch);
      }),
    );
  });

  it('takes no order to go over that is lower than anything it has seen (INV-13, INV-15)', () => {
    fc.assert(
      fc.property(
        fc.array(anyCommand),
        fc.constantFrom<Verb>('drain', 'activate', 'revert'),
        fc.nat(4),
        fc.nat(50),
        (seen, verb, upgradeNo, epoch) => {
          const floor = after(...seen);
          if (refusalOf(floor, command(verb, upgradeNo, epoch))) return;
          expect([upgradeNo >= floor.upgradeNo, epoch >= floor.epoch, epoch > floor.cancelledEpoch]).toEqual([
            true,
            true,
            true,
          ]);
        },
      ),
    );
  });

  it('has seen nothing when it was only asked', () => {
    const floor = after(command('drain', 3, 31));
    expect(raise(floor, command('inspect', 9, 99))).toBe(floor);
    expect(raise(floor, command('probe', 9, 99))).toBe(floor);
  });
});

import type { ClusterEvent } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import * as fc from 'fast-check';
import { foldCluster, noCluster, type Cluster } from './cluster.js';
import { decideCluster, type ClusterCommand } from './decide.js';

const on = (event: ClusterEvent): Given => ({ stream: 'cluster-demo', ...event });
const created = on({ type: 'ClusterCreated', data: { clusterId: 'demo' } });
const taken = (id: string, group = 'workers') => on({ type: 'SlotTaken', data: { group, id } });
const freed = (id: string, group = 'workers') => on({ type: 'SlotFreed', data: { group, id } });
const admitted = on({ type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } });
const released = on({ type: 'UpgradeReleased', data: { upgradeId: 'u1', outcome: 'completed' } });

const given = (...history: readonly Given[]) => {
  const cluster = recorded([created, ...history]).reduce(foldCluster, noCluster);
  return { when: (command: ClusterCommand) => decideCluster(command, cluster) };
};
const take = (id: string, group = 'workers'): ClusterCommand => ({ type: 'TakeSlot', group, id });
const free = (id: string, group = 'workers'): ClusterCommand => ({ type: 'FreeSlot', group, id });
const reclaim = (id: string): ClusterCommand => ({ type: 'ReclaimSlot', group: 'workers', id, reason: 'it burnt' });
const refused = (kind: string, ...says: readonly string[]) => ({
  refused: { kind, message: expect.stringMatching(says.join('.*')) },
});

describe('the slot of a group of hosts', () => {
  it('is held by one of them at a time; who has it already is told so, and other groups have their own', () => {
    expect(given().when(take('a'))).toEqual({
      events: [{ type: 'SlotTaken', data: { group: 'workers', id: 'a' } }],
    });
    expect(given(taken('a')).when(take('a'))).toEqual({ events: [] });
    expect(given(taken('a')).when(take('b'))).toEqual(refused('slot-taken', 'a holds', 'workers', 'since 2026'));
    expect(given(taken('a')).when(take('A'))).toEqual(refused('slot-taken'));
    expect(given(taken('a')).when(take('b', 'other'))).toMatchObject({ events: [{ type: 'SlotTaken' }] });
    expect(given(taken('a'), freed('a')).when(take('b'))).toMatchObject({ events: [{ type: 'SlotTaken' }] });
    // A name that every object has is a group like any other.
    expect(given().when(take('a', 'constructor'))).toMatchObject({ events: [{ type: 'SlotTaken' }] });
  });

  it('is freed by who holds it and by nobody else; who holds none is told that all is well', () => {
    expect(given(taken('a')).when(free('a'))).toEqual({
      events: [{ type: 'SlotFreed', data: { group: 'workers', id: 'a' } }],
    });
    for (const command of [free('b'), free('a', 'other')])
      expect(given(taken('a')).when(command)).toEqual({ events: [] });
    expect(given(taken('a'), freed('a')).when(free('a'))).toEqual({ events: [] });
  });

  it('is freed for a dead holder by somebody who names it, with a reason', () => {
    expect(given(taken('a')).when(reclaim('a'))).toEqual({
      events: [{ type: 'SlotFreed', data: { group: 'workers', id: 'a', confirmedDown: true, reason: 'it burnt' } }],
    });
    expect(given(taken('b')).when(reclaim('a'))).toEqual(refused('slot-not-held', 'b holds'));
    expect(given().when(reclaim('a'))).toEqual(refused('slot-not-held', 'Nobody'));
  });

  it('is not taken while an upgrade is active, and no upgrade is admitted, again neither, while it is held', () => {
    expect(given(admitted).when(take('a'))).toEqual(refused('cluster-frozen', 'u1'));
    const admit: ClusterCommand = { type: 'AdmitUpgrade', upgradeId: 'u2', version: '1.1.0' };
    expect(given(taken('a')).when(admit)).toEqual(
      refused('slot-taken', 'a holds', 'POST /v1/clusters/demo/slots/workers'),
    );
    const again: ClusterCommand = { type: 'ReadmitUpgrade', upgradeId: 'u1' };
    expect(given(admitted, released, taken('a')).when(again)).toEqual(refused('slot-taken'));
    expect(given(admitted, released, taken('a'), freed('a')).when(again)).toMatchObject({ events: [{}] });
  });

  it('has one holder and never an upgrade beside it, whatever is asked in whatever order', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const group = fc.constantFrom('x', 'y');
    const upgradeId = fc.constantFrom('u1', 'u2');
    const version = fc.constant('1.1.0');
    const command: fc.Arbitrary<ClusterCommand> = fc.oneof(
      fc.record({ type: fc.constant('TakeSlot' as const), group, id }),
      fc.record({ type: fc.constant('FreeSlot' as const), group, id }),
      fc.record({ type: fc.constant('ReclaimSlot' as const), group, id, reason: fc.constant('down') }),
      fc.record({ type: fc.constant('AdmitUpgrade' as const), upgradeId, version }),
      fc.record({ type: fc.constant('ReadmitUpgrade' as const), upgradeId }),
      fc.record({
        type: fc.constant('ReleaseUpgrade' as const),
        upgradeId,
        outcome: fc.constant('completed' as const),
        version,
      }),
      fc.record({
        ...{ type: fc.constant('HandOver' as const), upgradeId, next: upgradeId, version },
        outcome: fc.constantFrom('completed' as const, 'aborted' as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const history: Given[] = [created];
        const fold = (): Cluster => recorded(history).reduce(foldCluster, noCluster);
        for (const asked of commands) {
          const before = fold();
          const decided = decideCluster(asked, before);
          const events = 'events' in decided ? decided.events : [];
          history.push(...events.map(on));
          const after = fold();
          const [was, is] = [before, after].map((one) => (one.status === 'absent' ? [] : one.slots));
          expect(new Set(is?.map((slot) => slot.group)).size).toBe(is?.length);
          if (after.status === 'frozen') expect(is).toEqual([]);
          const gone = was?.filter((slot) => !is?.includes(slot) && !is?.some((one) => one.position === slot.position));
          for (const slot of gone ?? []) expect(asked).toMatchObject({ group: slot.group, id: slot.id });
        }
      }),
    );
  });
});

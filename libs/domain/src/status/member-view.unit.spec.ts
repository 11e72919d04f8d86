import type { Membership } from '@baton/contracts';
import type { Given } from '@baton/testing';
import { intended } from '../../test/precheck-fixtures.js';
import {
  allTurns,
  checking,
  completed,
  EPOCH,
  laneOpened,
  onLane,
  onRollout,
  requested,
  rolling,
  turnOf,
  viewOf,
  waveStarted,
} from '../../test/status-history.js';
import { memberView } from './member-view.js';

const OLD = { version: '1.0.0', state: 'good' } as const;
const before: Membership = {
  ...{ clusterId: 'demo', nodeId: 'n1', url: 'http://n1', bootId: 'b1', active: 'A' },
  partitions: { A: OLD, B: { state: 'empty' } },
  ...{ layers: { software: '1.0.0', hypervisor: '9.0.1' }, failureDomain: 'rack-1', labels: {} },
};
const after: Membership = {
  ...{ ...before, bootId: 'b2', active: 'B', partitions: { A: OLD, B: { version: '1.1.0', state: 'good' } } },
  layers: { software: '1.1.0', hypervisor: '9.0.1' },
};
const turn = turnOf('n1', EPOCH);

const layersOf = (member: Membership, events: readonly Given[], isActive = true) =>
  memberView(member, { view: viewOf(events), isActive }).layers;

describe('a member of a cluster', () => {
  it('shows what runs, and nothing else before its first upgrade', () => {
    const { layers, partitions } = memberView(before);
    expect(layers).toEqual({
      software: { current: '1.0.0', rollback: false },
      hypervisor: { current: '9.0.1', rollback: false },
    });
    expect(partitions).toEqual(before.partitions);
  });

  it('has the version of the running upgrade as its target, and what is staged is no way back', () => {
    expect(layersOf(before, [requested(), ...checking()])).toMatchObject({ software: { target: '1.1.0' } });
    expect(layersOf(before, rolling)).toEqual({
      software: { current: '1.0.0', target: '1.1.0', rollback: false },
      hypervisor: { current: '9.0.1', rollback: false },
    });
    const { partitions } = memberView(before, { view: viewOf(rolling), isActive: true });
    expect(partitions).toMatchObject({ B: { version: '1.1.0', state: 'good' } });
  });

  it('can go back once it went over, whether the node or the lane says so first', () => {
    const gone = { current: '1.1.0', previous: '1.0.0', target: '1.1.0', rollback: true };
    expect(layersOf(after, [...rolling, ...turn.slice(0, 3)]).software).toEqual(gone);
    expect(layersOf(after, [...rolling, ...turn]).software).toEqual(gone);
    expect(layersOf(after, completed, false).software).toEqual({
      ...{ current: '1.1.0', previous: '1.0.0', rollback: true },
    });
  });

  it('has its old version as the target on the way back, and stays where it is afterwards', () => {
    const back = [
      ...[...rolling, ...turn, intended('RollbackRequested')],
      onLane('LaneClosed', { lane: 'nodes', wave: 1, direction: 'forward', done: 1, skipped: [] }),
      onRollout('RollbackStarted', { waves: 1 }),
      ...[waveStarted(['nodes'], 'back'), laneOpened('nodes', ['n1'], 'back')],
    ];
    expect(layersOf(after, back).software).toEqual({
      ...{ current: '1.1.0', previous: '1.0.0', target: '1.0.0', rollback: false },
    });
    const home = { ...after, active: 'A', layers: before.layers } as const;
    const over = [...back, ...turnOf('n1', EPOCH + 9, 'back'), intended('UpgradeRolledBack', { skipped: [] })];
    expect(layersOf(home, over, false).software).toEqual({ current: '1.0.0', rollback: false });
  });

  it('has no way back once it is finalized, behind the commit point, or when the mix stays', () => {
    const finalized = [intended('FinalizeRequested'), onRollout('NodeFinalized', { nodeId: 'n1' })];
    expect(layersOf(after, [...completed, ...finalized]).software).toEqual({
      ...{ current: '1.1.0', target: '1.1.0', rollback: false },
    });
    const passed = onRollout('CommitPointReached', { wave: 2 });
    expect(layersOf(after, [...rolling, ...allTurns, passed]).software).toMatchObject({ rollback: false });
    const aborted = [intended('AbortRequested'), intended('UpgradeAborted')];
    expect(layersOf(after, [...rolling, ...turn, ...aborted], false).software).toEqual({
      ...{ current: '1.1.0', previous: '1.0.0', rollback: false },
    });
  });

  it('is not taken anywhere when it is skipped or evicted', () => {
    const skipped = layersOf(before, [...rolling, intended('SkipRequested', { nodeId: 'n1' })]);
    expect(skipped.software).toEqual({ current: '1.0.0', rollback: false });
  });

  it('believes the node when it booted something else since', () => {
    const older = { ...before, active: 'B', partitions: { A: OLD, B: { version: '0.9.0', state: 'bad' } } } as const;
    const shown = memberView({ ...older, layers: { software: '0.9.0' } }, { view: viewOf(completed), isActive: false });
    expect(shown.partitions).toEqual(older.partitions);
  });
});

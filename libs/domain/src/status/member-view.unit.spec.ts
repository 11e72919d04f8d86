import type { Membership } from '@baton/contracts';
import type { Given } from '@baton/testing';
import { intended, request } from '../../test/precheck-fixtures.js';
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

describe('a member that says what its partitions ran', () => {
  const images = { '1.0.0': '20.4.1', '1.1.0': '22.4.1' };
  const path = { strategy: 'a', text: 'Net-1.1.0 (1.1)', hop: 1, hops: [] };
  const layers = { software: '1.0.0', image: '20.4.1', kernel: '5.15.0' };
  const A = { ...OLD, ran: layers };
  const fresh: Membership = { ...before, layers, partitions: { A, B: { state: 'empty' } } };
  const now = { software: '1.1.0', image: '22.4.1', kernel: '6.8.0' };
  const B = { version: '1.1.0', state: 'good', ran: now } as const;
  const gone: Membership = { ...after, layers: now, partitions: { A, B } };
  const asked = (table = images) => intended('UpgradeRequested', request({ images: table, path }));
  const story = [asked(), ...rolling.slice(1)];
  const shown = (member: Membership, events: readonly Given[] = [...story, ...turn], isActive = true) =>
    memberView(member, { view: viewOf(events), isActive });

  it('has nothing previous before it was ever upgraded, of its image neither (X-42)', () => {
    expect(memberView(fresh).layers).toEqual({
      software: { current: '1.0.0', rollback: false },
      image: { current: '20.4.1', rollback: false },
      kernel: { current: '5.15.0', rollback: false },
    });
    expect(memberView(fresh).images).toBeUndefined();
    const staged = { ...fresh, partitions: { A, B: { version: '1.1.0', state: 'good' } } } as const;
    expect(memberView(staged).layers['image']).toEqual({ current: '20.4.1', rollback: false });
  });

  it('shows what it ran before and runs now, its kernel, where the upgrade takes it and on which path (X-40)', () => {
    expect(shown(fresh, story).layers).toMatchObject({
      software: { current: '1.0.0', target: '1.1.0', path: 'Net-1.1.0 (1.1)', rollback: false },
      kernel: { current: '5.15.0' },
    });
    expect(shown(gone).layers).toEqual({
      software: { current: '1.1.0', previous: '1.0.0', target: '1.1.0', path: 'Net-1.1.0 (1.1)', rollback: true },
      image: { current: '22.4.1', previous: '20.4.1', rollback: false },
      kernel: { current: '6.8.0', previous: '5.15.0', rollback: false },
    });
  });

  it('shows the image that goes with its target, by the table as it was when the upgrade was asked for (X-43)', () => {
    expect(shown(fresh, story).images).toEqual({ target: '22.4.1' });
  });

  it.each([
    ['lower', '20.4.1'],
    ['higher', '24.4.1'],
    ['equal', '22.4.1'],
  ])('shows the image that goes with what it would go back to, which may be %s (X-44)', (_what, image) => {
    const events = [asked({ ...images, '1.0.0': image }), ...rolling.slice(1), ...turn];
    expect(shown(gone, events).images).toEqual({ target: '22.4.1', rollback: image });
  });
});

import { recorded } from '@baton/testing';
import { intended, release, request, strategy, UPGRADE } from '../../test/precheck-fixtures.js';
import {
  allTurns,
  checking,
  completed,
  distributed,
  distributing,
  EPOCH,
  laneOpened,
  NODES,
  nodeStaged,
  onLane,
  onRollout,
  planned,
  prepared,
  requested,
  rolling,
  stalledAt,
  staging,
  statusOf,
  stored,
  T0,
  turnOf,
  viewOf,
  waveStarted,
} from '../../test/status-history.js';
import { explain } from './explain.js';
import { foldStatus } from './fold-status.js';
import { toStatus } from './to-status.js';
import type { UpgradeView } from './view.js';

const nodeOf = (status: ReturnType<typeof statusOf>, nodeId: string) =>
  status.nodes.find((node) => node.nodeId === nodeId);
const turn = turnOf('n1', EPOCH);

describe('the status of an upgrade', () => {
  it('says who upgrades what, from where to where, and since when', () => {
    expect(statusOf([requested()])).toMatchObject({
      ...{ upgradeId: UPGRADE, upgradeNo: 3, clusterId: 'demo', from: '1.0.0', to: '1.1.0', strategy: 'one-by-one' },
      ...{ position: 1, startedAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
      ...{ stage: 'precheck', nodes: [], lanes: [], checks: [], versions: {} },
    });
  });

  it('says who asked for it, why, and what the request said against its strategy', () => {
    const more = { reason: 'the bug eats disks', force: true, disruptive: true, select: { nodes: ['n1'] } };
    const status = statusOf([{ ...requested(), data: request(more) }]);
    expect(status.asked).toEqual({ by: 'test', ...more });
    expect(explain(status, 0).summary).toContain('test forced it');
    expect(explain(statusOf([requested()]), 0).summary).not.toContain('forced');
  });

  it('begins with UpgradeRequested and stands at the last event of the upgrade, whatever its stream', () => {
    const [first, second] = recorded([requested(), { stream: 'cluster-demo', type: 'UpgradeAdmitted', data: {} }]);
    expect(foldStatus(undefined, second!)).toBeUndefined();
    const view = foldStatus(foldStatus(undefined, first!), second!);
    expect(toStatus(view!)).toMatchObject({ position: 2, updatedAt: second!.recordedAt });
  });

  it('follows a node through its states, partitions and attempts', () => {
    const at = (count: number) => nodeOf(statusOf(rolling, turn.slice(0, count)), 'n1');
    expect(at(0)).toMatchObject({ state: 'staged', lane: 'nodes', wave: 1, active: 'A', passive: 'B', attempt: 1 });
    expect(at(0)?.partitions).toMatchObject({ B: { version: '1.1.0', state: 'good' } });
    expect(at(1)).toMatchObject({ state: 'granted', active: 'A' });
    expect(at(2)).toMatchObject({ state: 'draining', active: 'A' });
    expect(at(3)).toMatchObject({ state: 'activated', active: 'B', passive: 'A', layers: { software: '1.0.0' } });
    expect(at(4)).toMatchObject({ state: 'booted', layers: { software: '1.1.0', hypervisor: '9.0.1' } });
    expect(at(5)).toMatchObject({ state: 'stable' });
    expect(at(6)).toMatchObject({ state: 'stable' });
  });

  it('shows a stalled holder as failed with what was seen, and as it was when it is judged again', () => {
    const stalled = [...rolling, ...turn.slice(0, 3), stalledAt('n1', EPOCH)];
    expect(nodeOf(statusOf(stalled), 'n1')).toMatchObject({ state: 'failed', error: 'n1 has not come up.' });
    const resumed = nodeOf(statusOf(stalled, [onLane('LaneResumed', { nodeId: 'n1', epoch: EPOCH, at: T0 })]), 'n1');
    expect(resumed).toMatchObject({ state: 'activated' });
    expect(resumed?.error).toBeUndefined();
  });

  it('puts a node that fell back by itself on its old version and partition', () => {
    const fellBack = onLane('LaneStalled', {
      ...{ nodeId: 'n1', epoch: EPOCH, reason: 'fell-back', evidence: 'n1 fell back.', at: T0 },
      precheckCouldHaveCaught: false,
    });
    const node = nodeOf(statusOf(rolling, turn.slice(0, 4), [fellBack]), 'n1');
    expect(node).toMatchObject({ state: 'failed', active: 'A', passive: 'B', layers: { software: '1.0.0' } });
    expect(node?.partitions).toMatchObject({ A: { state: 'good' }, B: { version: '1.1.0', state: 'bad' } });
    const again = nodeOf(statusOf(rolling, turn.slice(0, 4), [fellBack], turn.slice(2, 4)), 'n1');
    expect(again).toMatchObject({ active: 'B', partitions: { B: { version: '1.1.0', state: 'good' } } });
  });

  it('names the token of each lane while it is held', () => {
    expect(statusOf(rolling).lanes).toEqual([{ lane: 'nodes', wave: 1, direction: 'forward', state: 'rolling' }]);
    const [held] = statusOf(rolling, turn.slice(0, 1)).lanes;
    expect(held?.token).toMatchObject({ nodeId: 'n1', epoch: EPOCH });
    expect(statusOf(completed).lanes).toEqual([{ lane: 'nodes', wave: 1, direction: 'forward', state: 'closed' }]);
  });

  it('counts progress in what the stage does', () => {
    const checked = [requested(), ...checking(), ...planned()];
    expect(statusOf([requested(), ...checking().slice(0, 4)]).progress).toEqual({ done: 1, total: 4 });
    expect(statusOf(checked, distributing, [stored('n1')]).progress).toEqual({ done: 1, total: 2 });
    expect(statusOf(checked, distributed, [staging, nodeStaged('n3')]).progress).toEqual({ done: 1, total: 4 });
    expect(statusOf(rolling, turn.slice(0, 5)).progress).toEqual({ done: 0, total: 4 });
    expect(statusOf(rolling, turn).progress).toEqual({ done: 1, total: 4 });
    expect(statusOf(completed).progress).toEqual({ done: 4, total: 4 });
  });

  it('N-20: four nodes pass through 1/3, 2/2, 3/1 and 4/0 of the new and the old version', () => {
    const seen = NODES.map((_, index) => statusOf(rolling, allTurns.slice(0, 6 * (index + 1))).versions);
    expect(seen).toEqual([
      { '1.1.0': 1, '1.0.0': 3 },
      { '1.1.0': 2, '1.0.0': 2 },
      { '1.1.0': 3, '1.0.0': 1 },
      { '1.1.0': 4 },
    ]);
  });

  it('counts a rollback over the nodes that had gone over', () => {
    const back = [
      ...[...rolling, ...turn, ...turnOf('n2', EPOCH + 1), intended('RollbackRequested')],
      onLane('LaneClosed', { lane: 'nodes', wave: 1, direction: 'forward', done: 2, skipped: ['n3', 'n4'] }),
      onRollout('RollbackStarted', { waves: 1 }),
      waveStarted(['nodes'], 'back'),
      laneOpened('nodes', ['n2', 'n1'], 'back'),
    ];
    expect(statusOf(back)).toMatchObject({ progress: { done: 0, total: 2 }, lanes: [{ direction: 'back' }] });
    const half = statusOf(back, turnOf('n2', EPOCH + 2, 'back'));
    expect(half).toMatchObject({ progress: { done: 1, total: 2 }, versions: { '1.0.0': 3, '1.1.0': 1 } });
    expect(nodeOf(half, 'n2')).toMatchObject({ state: 'reverted', active: 'A' });
    expect(nodeOf(half, 'n1')).toMatchObject({ state: 'waiting' });
  });

  it('gives up the old partition of a finalized node', () => {
    const events = [intended('FinalizeRequested'), onRollout('NodeFinalized', { nodeId: 'n1' })];
    const node = nodeOf(statusOf(completed, events), 'n1');
    expect(node).toMatchObject({ state: 'finalized', passive: 'A', partitions: { A: { state: 'released' } } });
  });

  it('leaves out evicted nodes from the versions, and skipped nodes from the line', () => {
    const events = [
      intended('EvictRequested', { nodeId: 'n3', confirmedDown: true }),
      intended('SkipRequested', { nodeId: 'n4' }),
    ];
    const status = statusOf(prepared(), events);
    expect(status.versions).toEqual({ '1.0.0': 3 });
    expect(nodeOf(status, 'n3')?.state).toBe('evicted');
    expect(nodeOf(status, 'n4')?.state).toBe('skipped');
  });

  it('a holder that is evicted or skipped keeps its token until its lane says otherwise', () => {
    const held = [...rolling, ...turn.slice(0, 3), intended('EvictRequested', { nodeId: 'n1', confirmedDown: false })];
    expect(statusOf(held)).toMatchObject({ lanes: [{ token: { nodeId: 'n1' } }] });
    expect(nodeOf(statusOf(held), 'n1')?.state).toBe('activated');
    const gone = onLane('HolderEvicted', { nodeId: 'n1', epoch: EPOCH, confirmedDown: true, reason: 'down' });
    expect(nodeOf(statusOf(held, [gone]), 'n1')?.state).toBe('evicted');
    expect(statusOf(held, [gone]).lanes[0]?.token).toBeUndefined();
  });

  it('keeps a status as it was when the view is folded on, and survives JSON at every position', () => {
    const history = recorded(completed);
    let view: UpgradeView | undefined;
    let reloaded: UpgradeView | undefined;
    const kept = history.map((event) => {
      view = foldStatus(view, event);
      reloaded = foldStatus(reloaded, event);
      reloaded = reloaded && (JSON.parse(JSON.stringify(reloaded)) as UpgradeView);
      expect(toStatus(reloaded!)).toEqual(toStatus(view!));
      const status = toStatus(view!);
      return { status, text: JSON.stringify(status) };
    });
    for (const { status, text } of kept) expect(JSON.stringify(status)).toBe(text);
  });

  it('touches one node an event, whatever their number', () => {
    const before = viewOf(rolling);
    const nodes = { ...before.nodes };
    const [event] = recorded([turn[0]]);
    const after = foldStatus(before, event!);
    expect(NODES.filter((nodeId) => after?.nodes[nodeId] !== nodes[nodeId])).toEqual([]);
    expect(NODES.filter((nodeId) => after?.nodes[nodeId]?.position === event!.position)).toEqual(['n1']);
  });

  it('shows the path, which hop this is, and who goes on from it; then nothing goes back and nothing is finalized', () => {
    const hop = {
      strategy: 'one-by-one',
      activation: 'reboot',
      changes: 'minor',
      turns: 4,
      down: 1,
      expectedMs: 1,
    } as const;
    const hops = [
      { ...hop, from: '1.0.0', to: '1.1.0' },
      { ...hop, from: '1.1.0', to: '1.2.0' },
    ];
    const path = { strategy: 'one-by-one', text: '1.2.0 (1.1,1.2)', hops, hop: 1 };
    const asked = intended('UpgradeRequested', request({ path: { ...path, strategies: { other: strategy() } } }));
    const done = (continuedBy?: string) =>
      statusOf([asked], completed.slice(1, -1), [intended('UpgradeCompleted', { skipped: [], continuedBy })]);
    expect(done()).toMatchObject({ path, rollback: { possible: true }, allowed: ['rollback', 'finalize'] });
    expect(done().path).toEqual(path);
    const over = done('u2');
    expect(over).toMatchObject({
      continuedBy: 'u2',
      rollback: { possible: false, reason: 'upgrade u2 has gone on from it' },
    });
    expect(over.allowed).toEqual([]);
    expect(explain(over, 0).summary).toContain('(1.0.0 to 1.1.0, hop 1 of 2 of 1.2.0 (1.1,1.2)) is completed');
  });

  it('has no way back from a release that gives it up', () => {
    const asked = intended('UpgradeRequested', request({ release: release({ oneWay: true }) }));
    const over = statusOf([asked], completed.slice(1));
    expect(over.rollback).toEqual({ possible: false, reason: 'release 1.1.0 gives up the way back' });
    expect(over.allowed).toEqual(['finalize']);
  });
});

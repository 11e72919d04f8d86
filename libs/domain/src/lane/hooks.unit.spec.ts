import type { Strategy } from '@baton/contracts';
import {
  advance,
  answered,
  asked,
  epoch,
  lane,
  onLane,
  opened,
  passed,
  turn,
  typesOf,
} from '../../test/lane-fixtures.js';

const hooks: Strategy['hooks'] = { drain: ['bgp', 'tunnels'], undrain: ['tunnels', 'bgp'] };
const [n1, back] = [turn('n1', 1), turn('n1', 1, 1, 'back')];
const token = { nodeId: 'n1', epoch: epoch(1) };
const ran = [
  { hook: 'bgp', evidence: 'bgp is down on this node, and all peers have converged.' },
  { hook: 'tunnels', evidence: 'tunnels is down on this node, and all peers have converged.' },
];
const rule = asked({ hooks });
const stable = onLane('HolderStable', {
  ...token,
  evidence: { healthyForMs: 1000, bootId: 'b', version: '1.1.0', services: 1, probes: [] },
  at: 20_000,
});
const shown = [rule, opened(['n1', 'n2']), n1.booted, stable];
const undrained = onLane('HolderUndrained', { ...token, hooks: ran, at: 21_000 });

describe('hooks around a turn', () => {
  it('X-24 what the node is about is moved away first, both ways, and what came of it is on record', () => {
    const drain = { verb: 'drain', args: { hooks: ['bgp', 'tunnels'] } };
    expect(lane(rule, opened(), n1.granted).outstanding()).toMatchObject([drain]);
    expect(lane(rule, opened(['n1'], { direction: 'back' }), back.granted).outstanding()).toMatchObject([drain]);
    const done = n1.answer('drain', { facts: n1.before(), hooks: ran });
    expect(answered(lane(rule, opened(), n1.granted), done)).toMatchObject([
      { type: 'HolderDrained', data: { ...token, hooks: ran } },
    ]);
  });

  it('N-16 a hook that fails is a stall, and the node does not go down', () => {
    const failed = n1.answer('drain', {}, { status: 'failed', reason: 'hook-failed', message: 'bgp is still up.' });
    expect(answered(lane(rule, opened(), n1.granted), failed)).toMatchObject([
      { type: 'LaneStalled', data: { reason: 'drain-failed', evidence: expect.stringContaining('bgp is still up') } },
    ]);
  });

  it('X-24 it comes back after the node was shown stable, and only then the token goes on', () => {
    expect(advance(lane(shown))).toEqual([]);
    expect(lane(shown).outstanding()).toMatchObject([{ verb: 'undrain', args: { hooks: ['tunnels', 'bgp'] } }]);
    expect(answered(lane(shown), n1.answer('probe', { facts: n1.after() }))).toEqual([]);
    const events = answered(lane(shown), n1.answer('undrain', { hooks: ran }), 21_000);
    expect(typesOf(events)).toEqual(['HolderUndrained', 'TokenReturned', 'TokenGranted']);
    expect(events[0]).toEqual(undrained && { type: 'HolderUndrained', data: { ...token, hooks: ran, at: 21_000 } });
    expect(typesOf(advance(lane(shown, undrained)))).toEqual(['TokenReturned', 'TokenGranted']);
  });

  it('N-16 one that does not come back stalls, in time', () => {
    const failed = n1.answer('undrain', {}, { status: 'failed', reason: 'hook-failed', message: 'bgp is still down.' });
    expect(answered(lane(shown), failed)).toMatchObject([{ type: 'LaneStalled', data: { reason: 'undrain-failed' } }]);
    expect(passed(lane(shown), 29_999)).toEqual([]);
    expect(passed(lane(shown), 30_000)).toMatchObject([{ type: 'LaneStalled', data: { reason: 'undrain-late' } }]);
  });

  it('without any nothing is asked for, and the token goes on at once', () => {
    const plain = [asked({ hooks: { drain: ['bgp'] } }), opened(['n1', 'n2']), n1.booted, stable];
    expect(lane(plain).outstanding()).toEqual([]);
    expect(typesOf(advance(lane(plain)))).toEqual(['TokenReturned', 'TokenGranted']);
    expect(lane(asked(), opened(), n1.granted).outstanding()[0]?.args).toEqual({});
  });
});

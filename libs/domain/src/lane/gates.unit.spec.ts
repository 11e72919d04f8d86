import type { Facts, GateSight, NodeGate, ProbeResult } from '@baton/contracts';
import { answered, asked, lane, opened, passed, turn, typesOf, wellProbed } from '../../test/lane-fixtures.js';

const n1 = turn('n1', 1);
const T0 = 1000;
const http: NodeGate = { gate: 'http', path: '/health', stableMs: 2000, timeoutMs: 20_000 };

/** The first node of two has booted at 1000, under these gates. */
const under = (gates: readonly NodeGate[], action?: 'skip' | 'roll-back-node') =>
  lane(asked({ gates, onFailure: { scope: 'lane', ...(action && { action }) } }), opened(['n1', 'n2']), n1.booted);

interface Seen {
  readonly facts?: Partial<Facts>;
  readonly probe?: ProbeResult;
  readonly gates?: readonly GateSight[];
}

const after = (ms: number, of: ReturnType<typeof under>, { facts = {}, probe = wellProbed(1), gates }: Seen) =>
  answered(of, n1.answer('probe', { facts: n1.after(facts), probe, ...(gates && { gates }) }), T0 + ms);

const well = (forMs: number, gate: GateSight['gate'] = 'http'): GateSight => ({
  ...{ gate, ok: true, forMs, seen: 'HTTP 200' },
  ...(gate === 'http' && { path: '/health' }),
});
const unwell = (forMs: number): GateSight => ({ ...well(forMs), ok: false, seen: 'HTTP 503' });

describe('a gate that the strategy names', () => {
  it('N-14 is looked at by the node itself, in the same question as its health and its peers', () => {
    const gates: readonly NodeGate[] = [http, { gate: 'services', timeoutMs: 1e6 }, { gate: 'peers', timeoutMs: 1e6 }];
    const looks = [{ gate: 'http', path: '/health', status: 200 }, { gate: 'services' }, { gate: 'peers', needed: 1 }];
    expect(under(gates).outstanding()).toMatchObject([
      { verb: 'probe', peers: ['n2'], args: { back: true, gates: looks } },
    ]);
    expect(under([{ ...http, stableMs: 400 }]).outstanding()).toMatchObject([{ everyMs: 100 }]);
  });

  it('N-14 keeps the token until it was well without a break for its time, and is then evidence', () => {
    const of = under([http]);
    expect(after(5000, of, {})).toEqual([]);
    expect(after(5000, of, { gates: [unwell(100)] })).toEqual([]);
    expect(after(5000, of, { gates: [well(1999)] })).toEqual([]);
    const events = after(5000, of, { gates: [well(2000)] });
    expect(typesOf(events)).toEqual(['HolderStable', 'TokenReturned', 'TokenGranted']);
    expect(events[0]).toMatchObject({
      data: { evidence: { healthyForMs: 60_000, gates: [{ gate: 'http', path: '/health', forMs: 2000 }] } },
    });
  });

  it('N-14 does not stand in for services and peers, which timing judges', () => {
    const of = under([http]);
    expect(after(5000, of, { gates: [well(3000)], facts: { services: { storage: 'down' } } })).toEqual([]);
    expect(after(5000, of, { gates: [well(3000)], probe: { reached: 0, failures: [] } })).toEqual([]);
  });

  it('is not looked at before its wait is over: what was well before does not count', () => {
    const of = under([{ ...http, waitMs: 4000 }]);
    expect(after(5000, of, { gates: [well(5000)] })).toEqual([]);
    expect(typesOf(after(6000, of, { gates: [well(6000)] }))).toContain('HolderStable');
  });

  it('N-16 has failed when it is unwell for longer than it may retry', () => {
    const of = under([{ ...http, waitMs: 1000, retryMs: 3000 }]);
    expect(after(4000, of, { gates: [unwell(4000)] })).toEqual([]);
    expect(after(4001, of, { gates: [unwell(4001)] })).toMatchObject([
      {
        type: 'LaneStalled',
        data: {
          ...{ reason: 'http-unwell', deadlineMs: 3000 },
          evidence: 'n1 answers /health with HTTP 503, not with HTTP 200; 3000 ms were allowed.',
        },
      },
    ]);
  });

  it('N-16 stalls at its own time, and not at that of timing', () => {
    const of = under([http]);
    expect(after(19_999, of, { gates: [well(10)] })).toEqual([]);
    expect(after(20_000, of, { gates: [well(10)] })).toMatchObject([
      { type: 'LaneStalled', data: { reason: 'not-stable', deadlineMs: 20_000 } },
    ]);
  });

  it('V-36 that was not passed in time does what it says, whatever the strategy says of other failures', () => {
    const of = under([{ ...http, onTimeout: 'roll-back-node' }], 'skip');
    expect(after(20_000, of, { gates: [unwell(10)] })).toMatchObject([
      { type: 'LaneStalled', data: { action: 'roll-back-node' } },
      { type: 'LaneResumed' },
      { type: 'TokenReturned' },
      { type: 'TokenGranted', data: { nodeId: 'n1', direction: 'back' } },
    ]);
    const stays = after(20_000, under([{ ...http, onTimeout: 'stall' }], 'skip'), { gates: [unwell(10)] });
    expect(stays[0]?.data).not.toHaveProperty('action');
    const asStrategy = after(20_000, under([http], 'skip'), { gates: [unwell(10)] });
    expect(asStrategy).toMatchObject([{ data: { action: 'skip' } }]);
  });

  it('INV-16 that takes longer than timing allows does not let a silent node go late before', () => {
    const slow = under([{ ...http, timeoutMs: 100_000 }]);
    expect(passed(slow, T0 + 100_000 + 29_999)).toEqual([]);
    expect(passed(slow, T0 + 100_000 + 30_000)).toMatchObject([{ type: 'LaneStalled', data: { reason: 'silent' } }]);
  });
});

describe('services and peers, when they are named', () => {
  it('N-14 are judged by their gate in place of timing', () => {
    const services = under([{ gate: 'services', stableMs: 5000, timeoutMs: 60_000 }]);
    const facts = { healthyForMs: 4999 };
    expect(after(40_000, services, { facts, gates: [well(4999, 'services')] })).toEqual([]);
    expect(typesOf(after(40_000, services, { gates: [well(5000, 'services')] }))).toContain('HolderStable');
    const peers = under([{ gate: 'peers', stableMs: 5000, timeoutMs: 60_000 }]);
    expect(after(40_000, peers, { gates: [well(4999, 'peers')] })).toEqual([]);
    expect(typesOf(after(40_000, peers, { gates: [well(5000, 'peers')] }))).toContain('HolderStable');
  });

  it('N-16 say why they stall as they do without a gate', () => {
    const down = { facts: { services: { storage: 'down' as const } }, gates: [{ ...well(9, 'services'), ok: false }] };
    const services = under([{ gate: 'services', timeoutMs: 60_000 }]);
    expect(after(60_000, services, down)).toMatchObject([{ data: { reason: 'service-down' } }]);
    const failures = [{ from: 'n1', to: 'n2', reason: 'timeout' }];
    const cut = { probe: { reached: 1, failures }, gates: [{ ...well(9, 'peers'), ok: false }] };
    const peers = under([{ gate: 'peers', timeoutMs: 60_000 }]);
    expect(after(60_000, peers, cut)).toMatchObject([{ data: { reason: 'peer-unreachable', failures } }]);
  });
});

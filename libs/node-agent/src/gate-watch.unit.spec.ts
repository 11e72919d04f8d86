import type { Facts, GateLook, NodeCommand, ProbeResult } from '@baton/contracts';
import { HandClock } from '../test/hand-clock.js';
import { GateWatch } from './gate-watch.js';

const well = { services: { data: 'up' }, components: {}, hypervisorUp: true, healthyForMs: 700 } as unknown as Facts;
const reached: ProbeResult = { reached: 4, failures: [] };
const page: GateLook = { gate: 'http', path: '/health', status: 200 };

let clock: HandClock;
let asked: string[];
let answer: () => Promise<number>;
let watch: GateWatch;
beforeEach(() => {
  clock = new HandClock();
  asked = [];
  answer = () => Promise.resolve(200);
  const getStatus = (url: string): Promise<number> => {
    asked.push(url);
    return answer();
  };
  watch = new GateWatch(clock, { getStatus }, 'http://n1');
});

const look = async (gates: readonly GateLook[], over: Partial<NodeCommand> = {}, facts = well, probe = reached) => {
  const command = { instance: 'u3_main', attempt: 1, epoch: 3_000_001, peers: ['n2', 'n3'], args: { gates }, ...over };
  return watch.look(command as NodeCommand, facts, probe);
};

describe('the gates of a turn', () => {
  it('N-14 an own page is well for as long as every look found it so', async () => {
    expect(await look([page])).toEqual([{ gate: 'http', path: '/health', ok: true, forMs: 0, seen: 'HTTP 200' }]);
    clock.advance(1000);
    expect(await look([page])).toMatchObject([{ ok: true, forMs: 1000 }]);
    answer = () => Promise.resolve(503);
    clock.advance(1000);
    expect(await look([page])).toMatchObject([{ ok: false, forMs: 0, seen: 'HTTP 503' }]);
    clock.advance(500);
    answer = () => Promise.reject(new Error('ECONNREFUSED'));
    expect(await look([page])).toMatchObject([{ ok: false, forMs: 500, seen: 'ECONNREFUSED' }]);
    answer = () => Promise.resolve(200);
    expect(await look([page])).toMatchObject([{ ok: true, forMs: 0 }]);
    expect(new Set(asked)).toEqual(new Set(['http://n1/health']));
  });

  it('N-14 nothing is known of a time in which nobody looked', async () => {
    await look([page]);
    clock.advance(5001);
    expect(await look([page])).toMatchObject([{ ok: true, forMs: 0 }]);
  });

  it('INV-15 what was seen in another turn is no evidence', async () => {
    await look([page]);
    clock.advance(1000);
    expect(await look([page], { epoch: 3_000_002 })).toMatchObject([{ ok: true, forMs: 0 }]);
  });

  it('services are well for as long as the machine itself says', async () => {
    expect(await look([{ gate: 'services' }])).toEqual([{ gate: 'services', ok: true, forMs: 700 }]);
    const down = { ...well, services: { data: 'down' } } as Facts;
    await look([{ gate: 'services' }], {}, down);
    clock.advance(300);
    expect(await look([{ gate: 'services' }], {}, down)).toMatchObject([{ ok: false, forMs: 300 }]);
    const part = { ...well, components: { metadata: 'down' } } as unknown as Facts;
    expect(await look([{ gate: 'services' }], {}, part)).toMatchObject([{ ok: false }]);
    expect(await look([{ gate: 'services' }], {}, { ...well, hypervisorUp: false })).toMatchObject([{ ok: false }]);
  });

  it('peers are well when as many as it takes are reached both ways', async () => {
    const one = { reached: 3, failures: [{ from: 'n3', to: 'n1', reason: 'timeout' }] };
    const gate = (needed: number): GateLook => ({ gate: 'peers', needed });
    expect(await look([gate(2)])).toMatchObject([{ ok: true }]);
    expect(await look([gate(2)], {}, well, one)).toMatchObject([{ ok: false }]);
    expect(await look([gate(1)], {}, well, one)).toMatchObject([{ ok: true }]);
    expect(await look([gate(1)], {}, well, { reached: 1, failures: [] })).toMatchObject([{ ok: false }]);
  });
});

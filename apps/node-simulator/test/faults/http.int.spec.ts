import type { GateSight } from '@baton/contracts';
import { eventually } from '@baton/testing';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const page = async (rig: Rig): Promise<Response> => fetch(`${(await rig.node()).url}/health`);
const sight = async (rig: Rig): Promise<GateSight | undefined> => {
  const gates = [{ gate: 'http', path: '/health', status: 200 }] as const;
  return (await rig.ask('n1', 'probe', { back: true, gates }, 1)).outcome?.gates?.[0];
};

describe('a fault at http', () => {
  carriesOut('http', {
    fail: async (rig) => {
      expect(await sight(rig)).toMatchObject({ gate: 'http', path: '/health', ok: true, seen: 'HTTP 200' });
      await rig.fault({ at: 'http', kind: 'fail' });
      expect((await page(rig)).status).toBe(503);
      expect(await sight(rig)).toMatchObject({ ok: false, forMs: 0, seen: 'HTTP 503' });
      await rig.heal();
      expect(await sight(rig)).toMatchObject({ ok: true });
      await rig.fault({ at: 'heartbeat', kind: 'unhealthy' });
      expect(await (await page(rig)).json()).toEqual({ healthy: false });
    },

    hang: async (rig) => {
      await rig.fault({ at: 'http', kind: 'hang' });
      expect(await sight(rig)).toMatchObject({ ok: false, seen: 'no answer within 1000 ms' });
      const answer = page(rig);
      await rig.heal();
      expect((await answer).status).toBe(200);
    },

    slow: async (rig) => {
      await rig.fault({ at: 'http', kind: 'slow', ms: 80 });
      const began = performance.now();
      expect((await page(rig)).status).toBe(200);
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
      await eventually('it is well all the same', async () => (await sight(rig))?.ok === true);
    },
  });
});

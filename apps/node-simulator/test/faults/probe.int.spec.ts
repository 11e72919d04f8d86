import type { ProbeResult } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { ARTIFACT } from '../gateway.js';
import type { Rig } from '../rig.js';
import { CLUSTER } from '../start-simulator.js';
import { carriesOut } from '../stories.js';

/** What n2 finds when it looks for n1. */
const probe = async (rig: Rig): Promise<ProbeResult> => (await rig.ask('n2', 'probe')).outcome!.probe!;

const reached = { reached: 1, failures: [] };
const failed = (reason: string) => ({ reached: 0, failures: [{ from: 'n2', to: 'n1', reason }] });

const finds = async (rig: Rig, reason: string): Promise<void> => {
  expect(await probe(rig)).toEqual(failed(reason));
  await rig.heal();
  expect(await probe(rig)).toEqual(reached);
};

describe('a fault at probe', () => {
  carriesOut(
    'probe',
    {
      fail: async (rig) => {
        await rig.fault({ at: 'probe', kind: 'fail' });
        await finds(rig, 'HTTP 500');
      },

      hang: async (rig) => {
        await rig.fault({ at: 'probe', kind: 'hang' });
        await finds(rig, 'no answer within 1000 ms');
      },

      slow: async (rig) => {
        await rig.fault({ at: 'probe', kind: 'slow', ms: 80 });
        const began = performance.now();
        expect(await probe(rig)).toEqual(reached);
        expect(performance.now() - began).toBeGreaterThanOrEqual(79);
      },

      unreachable: async (rig) => {
        await rig.stage();
        // The second one on a connection that was used before.
        for (let again = 0; again < 2; again += 1) {
          await rig.fault({ at: 'probe', kind: 'unreachable', times: 1 });
          await finds(rig, 'ECONNRESET');
        }
        const copy = `${rig.url}/nodes/${CLUSTER}/n1/artifacts/${ARTIFACT.sha256}`;
        expect((await fetch(copy, { method: 'HEAD' })).status).toBe(200);
        await rig.fault({ at: 'probe', kind: 'unreachable' });
        await expect(fetch(copy, { method: 'HEAD' })).rejects.toThrow('fetch failed');
      },

      flap: async (rig) => {
        await rig.fault({ at: 'probe', kind: 'flap', ms: 60 });
        for (const isReached of [1, 0, 1]) {
          await eventually(`reached is ${isReached}`, async () => (await probe(rig)).reached === isReached);
        }
      },

      unhealthy: async (rig) => {
        await rig.fault({ at: 'probe', kind: 'unhealthy' });
        const failures = [{ from: 'n2', to: 'hypervisor-of-n1', reason: 'it does not answer' }];
        expect(await probe(rig)).toEqual({ reached: 1, failures });
        expect(await rig.facts()).toMatchObject({ hypervisorUp: false, services: { data: 'up' }, healthyForMs: 0 });
        await rig.heal();
        expect(await probe(rig)).toEqual(reached);
      },
    },
    { nodes: 2 },
  );
});

import { eventually, LineClient } from '@baton/testing';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const client = async (rig: Rig): Promise<LineClient> => LineClient.connect((await rig.node()).workload['block']!);

describe('a fault at workload', () => {
  carriesOut('workload', {
    fail: async (rig) => {
      const one = await client(rig);
      await rig.fault({ at: 'workload', kind: 'fail' });
      expect(await one.ask('PUT k v')).toBe('ERROR a fault was set');
      await rig.heal();
      expect(await one.ask('GET k')).toBe('NONE');
    },

    hang: async (rig) => {
      const one = await client(rig);
      await rig.fault({ at: 'workload', kind: 'hang', times: 1 });
      one.send('PUT k hung');
      const other = await client(rig);
      // The same node serves another client meanwhile, and has not done what hangs.
      await eventually('it hangs', async () => (await rig.node()).faults[0]?.times === 0);
      expect(await other.ask('GET k')).toBe('NONE');
      await rig.heal();
      expect(await one.answer()).toBe('OK');
      expect(await other.ask('GET k')).toBe('VALUE hung');
    },

    slow: async (rig) => {
      const one = await client(rig);
      await rig.fault({ at: 'workload', kind: 'slow', ms: 80 });
      const began = performance.now();
      expect(await one.ask('PUT k v')).toBe('OK');
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },

    unreachable: async (rig) => {
      const one = await client(rig);
      expect(await one.ask('PUT k v')).toBe('OK');
      await rig.fault({ at: 'workload', kind: 'unreachable' });
      expect(await one.ask('GET k')).toBeUndefined();
      expect(await (await client(rig)).ask('GET k')).toBeUndefined();
      await rig.heal();
      expect(await (await client(rig)).ask('GET k')).toBe('VALUE v');
    },
  });
});

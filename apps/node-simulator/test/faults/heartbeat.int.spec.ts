import { eventually } from '@baton/testing';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const beats = (rig: Rig): number => rig.wire().heartbeats.length;

/** A new life begins with a heartbeat, which the fault strikes. */
const struckAtStart = async (rig: Rig): Promise<void> => {
  await rig.bootsAgain('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 }));
  await eventually('a heartbeat is struck', async () => (await rig.node()).faults.every(({ times }) => times === 0));
};

describe('a fault at heartbeat', () => {
  carriesOut('heartbeat', {
    hang: async (rig) => {
      await rig.fault({ at: 'heartbeat', kind: 'hang', times: 1 });
      await struckAtStart(rig);
      const { bootId } = await rig.node();
      expect(rig.wire().heartbeats.filter((heartbeat) => heartbeat.bootId === bootId)).toEqual([]);
      const before = beats(rig);
      await eventually('the next one is sent', () => beats(rig) > before);
    },

    slow: async (rig) => {
      await rig.fault({ at: 'heartbeat', kind: 'slow', times: 1, ms: 300 });
      const before = beats(rig);
      await struckAtStart(rig);
      const began = performance.now();
      expect(beats(rig)).toBe(before);
      await eventually('it comes late', () => beats(rig) > before);
      expect(performance.now() - began).toBeLessThan(900);
    },

    unhealthy: async (rig) => {
      await rig.fault({ at: 'heartbeat', kind: 'unhealthy' });
      expect(await rig.services()).toBe('down');
      await eventually('the heartbeat says so', () => rig.wire().heartbeats.at(-1)?.healthy === false);
      await rig.heal();
      expect(await rig.services()).toBe('up');
    },

    flap: async (rig) => {
      await rig.fault({ at: 'heartbeat', kind: 'flap', ms: 60 });
      for (const state of ['down', 'up', 'down', 'up'] as const) await rig.servicesAre(state);
      await rig.fault({ at: 'heartbeat', kind: 'unhealthy' });
      await rig.servicesAre('down');
      await rig.heal();
      await eventually('it is well for long', async () => (await rig.facts()).healthyForMs > 100);
    },

    'crash-loop': async (rig) => {
      await rig.bootsAgain('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', ms: 50 }));
      await rig.bootsAgain('n1', () => Promise.resolve());
      await rig.heal();
      await eventually('it stays up', async () => (await rig.facts()).upForMs > 100);
    },

    gone: async (rig) => {
      await rig.goesOff('n1', () => rig.fault({ at: 'heartbeat', kind: 'gone' }));
      await rig.heal();
      await rig.is('up');
    },
  });
});

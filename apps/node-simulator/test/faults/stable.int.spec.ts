import { eventually } from '@baton/testing';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

/** Sets it, sees that nothing happens yet, and boots. */
const bootsWith = async (rig: Rig, fault: object): Promise<void> => {
  await rig.fault({ at: 'stable', ...fault });
  expect(await rig.services()).toBe('up');
  await rig.bootsAgain('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 }));
};

const crashes = (rig: Rig): number => rig.truth().filter(({ event, by }) => event === 'down' && by === 'fault').length;

describe('a fault at stable', () => {
  carriesOut(
    'stable',
    {
      slow: async (rig) => {
        await bootsWith(rig, { kind: 'slow', ms: 150 });
        expect(await rig.services()).toBe('down');
        await rig.servicesAre('up');
        const { upForMs, healthyForMs } = await rig.facts();
        expect(upForMs - healthyForMs).toBeGreaterThanOrEqual(149);
      },

      unhealthy: async (rig) => {
        await bootsWith(rig, { kind: 'unhealthy' });
        expect(await rig.facts()).toMatchObject({ services: { data: 'down' }, healthyForMs: 0 });
        await rig.heal();
        await rig.servicesAre('up');
      },

      unformed: async (rig) => {
        const members = async (nodeId: string) => (await rig.facts(nodeId)).formed?.members;
        expect([await members('n1'), await members('n2')]).toEqual([2, 2]);
        await bootsWith(rig, { kind: 'unformed' });
        expect(await rig.services()).toBe('up');
        expect([await members('n1'), await members('n2')]).toEqual([undefined, 1]);
        await rig.heal();
        await eventually('they have formed again', async () => (await members('n1')) === 2);
        expect(await members('n2')).toBe(2);
      },

      flap: async (rig) => {
        await bootsWith(rig, { kind: 'flap', ms: 60 });
        for (const state of ['down', 'up', 'down', 'up'] as const) await rig.servicesAre(state);
        await rig.heal();
        await eventually('it is well for long', async () => (await rig.facts()).healthyForMs > 100);
      },

      'crash-loop': async (rig) => {
        await bootsWith(rig, { kind: 'crash-loop', ms: 20 });
        await eventually('it has crashed again and again', () => crashes(rig) >= 4);
        await rig.heal();
        await eventually('it stays up', async () => (await rig.facts()).upForMs > 100);
      },

      gone: async (rig) => {
        await rig.fault({ at: 'stable', kind: 'gone' });
        await rig.goesOff('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 }));
        expect(rig.truth().map(({ event }) => event)).toEqual(['up', 'down', 'up', 'down']);
        await rig.heal();
        await rig.is('up');
      },
    },
    { nodes: 2 },
  );
});

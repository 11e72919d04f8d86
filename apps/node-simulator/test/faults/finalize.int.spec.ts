import { OLD } from '../gateway.js';
import { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const upgraded = (rig: Rig): Promise<void> => rig.bootsAgain('n1', () => rig.goOver());

/** What became of the old version. */
const old = async (rig: Rig): Promise<string> => {
  const { A } = (await rig.facts()).partitions;
  expect(A.version).toBe(OLD);
  return A.state;
};

describe('a fault at finalize', () => {
  carriesOut('finalize', {
    fail: async (rig) => {
      await upgraded(rig);
      await rig.fault({ at: 'finalize', kind: 'fail' });
      // The same attempt again: what failed is tried again until it is done.
      const finalize = () => rig.ask('n1', 'finalize', {}, 1);
      expect(await finalize()).toMatchObject({ status: 'failed', reason: 'finalize-failed' });
      expect(await old(rig)).toBe('good');
      await rig.heal();
      expect(await finalize()).toMatchObject({ status: 'done' });
      expect(await old(rig)).toBe('released');
    },

    hang: async (rig) => {
      await upgraded(rig);
      await rig.fault({ at: 'finalize', kind: 'hang' });
      const end = await rig.hangs('n1', 'finalize');
      expect(await old(rig)).toBe('good');
      await rig.heal();
      expect(await end()).toMatchObject({ status: 'done' });
      expect(await old(rig)).toBe('released');
    },

    slow: async (rig) => {
      await upgraded(rig);
      await rig.fault({ at: 'finalize', kind: 'slow', ms: 80 });
      const began = performance.now();
      expect(await rig.ask('n1', 'finalize')).toMatchObject({ status: 'done' });
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },

    gone: async (rig) => {
      await upgraded(rig);
      await rig.fault({ at: 'finalize', kind: 'gone' });
      await rig.goesOff('n1', () => rig.send('n1', 'finalize'));
      await rig.heal();
      await rig.is('up');
      expect(await old(rig)).toBe('good');
      expect(await rig.ask('n1', 'finalize')).toMatchObject({ status: 'done' });
    },
  });
});

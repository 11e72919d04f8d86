import { ARTIFACT } from '../gateway.js';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const done = { status: 'done', outcome: { written: { partition: 'B', sha256: ARTIFACT.sha256 } } };

/** It ends so, the passive partition stays without a version that could be booted, and after it was healed it works. */
const failsWith = async (rig: Rig, reason: string): Promise<void> => {
  expect(await rig.stage()).toMatchObject({ status: 'failed', reason });
  expect((await rig.facts()).partitions.B).toEqual({ state: 'empty' });
  await rig.heal();
  expect(await rig.stage()).toMatchObject(done);
};

describe('a fault at stage', () => {
  carriesOut('stage', {
    fail: async (rig) => {
      await rig.fault({ at: 'stage', kind: 'fail' });
      await failsWith(rig, 'stage-failed');
    },

    hang: async (rig) => {
      await rig.ask('n1', 'store', { artifact: ARTIFACT });
      await rig.fault({ at: 'stage', kind: 'hang' });
      const end = await rig.hangs('n1', 'stage', { artifact: ARTIFACT });
      await rig.heal();
      expect(await end()).toMatchObject(done);
    },

    slow: async (rig) => {
      await rig.fault({ at: 'stage', kind: 'slow', ms: 80 });
      const began = performance.now();
      expect(await rig.stage()).toMatchObject(done);
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },

    corrupt: async (rig) => {
      await rig.fault({ at: 'stage', kind: 'corrupt' });
      await failsWith(rig, 'digest-mismatch');
    },

    'disk-full': async (rig) => {
      await rig.fault({ at: 'stage', kind: 'disk-full' });
      await failsWith(rig, 'disk-full');
    },

    gone: async (rig) => {
      await rig.ask('n1', 'store', { artifact: ARTIFACT });
      await rig.fault({ at: 'stage', kind: 'gone' });
      await rig.goesOff('n1', () => rig.send('n1', 'stage', { artifact: ARTIFACT }));
      await rig.heal();
      await rig.is('up');
      expect(await rig.stage()).toMatchObject(done);
    },
  });
});

import { ARTIFACT } from '../gateway.js';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const store = (rig: Rig) => rig.ask('n1', 'store', { artifact: ARTIFACT });
const done = { status: 'done', outcome: { written: { sha256: ARTIFACT.sha256 } } };

describe('a fault at store', () => {
  carriesOut(
    'store',
    {
      fail: async (rig) => {
        await rig.fault({ at: 'store', kind: 'fail' });
        expect(await store(rig)).toMatchObject({
          status: 'failed',
          reason: 'store-failed',
          message: expect.stringContaining('storing the copy fails'),
        });
        await rig.heal();
        expect(await store(rig)).toMatchObject(done);
      },

      hang: async (rig) => {
        await rig.fault({ at: 'store', kind: 'hang' });
        const end = await rig.hangs('n1', 'store', { artifact: ARTIFACT });
        await rig.heal();
        expect(await end()).toMatchObject(done);
      },

      slow: async (rig) => {
        await rig.fault({ at: 'store', kind: 'slow', ms: 80 });
        const began = performance.now();
        expect(await store(rig)).toMatchObject(done);
        expect(performance.now() - began).toBeGreaterThanOrEqual(79);
      },

      corrupt: async (rig) => {
        await rig.fault({ at: 'store', kind: 'corrupt' });
        for (let again = 0; again < 2; again += 1) {
          expect(await store(rig)).toMatchObject(done);
          expect(await rig.stage('n2')).toMatchObject({ status: 'failed', reason: 'digest-mismatch' });
        }
        await rig.heal();
        expect(await store(rig)).toMatchObject(done);
        expect(await rig.stage('n2')).toMatchObject({ status: 'done' });
      },

      'disk-full': async (rig) => {
        await rig.fault({ at: 'store', kind: 'disk-full' });
        expect(await store(rig)).toMatchObject({ status: 'failed', reason: 'disk-full' });
        await rig.heal();
        expect(await store(rig)).toMatchObject(done);
      },

      gone: async (rig) => {
        const { bootId } = await rig.node();
        await rig.fault({ at: 'store', kind: 'gone' });
        await rig.goesOff('n1', () => rig.send('n1', 'store', { artifact: ARTIFACT }));
        await rig.heal();
        await rig.is('up');
        expect((await rig.node()).bootId).not.toBe(bootId);
        expect(await store(rig)).toMatchObject(done);
      },
    },
    { nodes: 2 },
  );
});

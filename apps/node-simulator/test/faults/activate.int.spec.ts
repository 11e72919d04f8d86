import { ARTIFACT, NEW, OLD } from '../gateway.js';
import { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const order = { artifact: ARTIFACT, activation: 'reboot' } as const;

/** The holder did not go down, and serves. */
const staysUp = async (rig: Rig, bootId: string): Promise<void> => {
  expect(await rig.node()).toMatchObject({ bootId, state: 'up', active: 'A', layers: { software: OLD } });
};

const goesOver = (rig: Rig): Promise<void> =>
  rig.bootsAgain('n1', async () => {
    expect(await rig.goOver()).toMatchObject({ status: 'done', outcome: { alreadyActive: false } });
  });

describe('a fault at activate', () => {
  carriesOut('activate', {
    fail: async (rig) => {
      const { bootId } = await rig.node();
      await rig.fault({ at: 'activate', kind: 'fail' });
      expect(await rig.goOver()).toMatchObject({ status: 'failed', reason: 'activate-failed' });
      await staysUp(rig, bootId);
      await rig.heal();
      await goesOver(rig);
    },

    hang: async (rig) => {
      const { bootId } = await rig.node();
      await rig.stage();
      await rig.fault({ at: 'activate', kind: 'hang' });
      const end = await rig.hangs('n1', 'activate', order);
      await staysUp(rig, bootId);
      await rig.bootsAgain('n1', () => rig.heal());
      expect(await end()).toMatchObject({ status: 'done' });
    },

    slow: async (rig) => {
      await rig.stage();
      await rig.fault({ at: 'activate', kind: 'slow', ms: 80 });
      const began = performance.now();
      await goesOver(rig);
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },

    corrupt: async (rig) => {
      const { bootId } = await rig.node();
      await rig.stage();
      await rig.fault({ at: 'activate', kind: 'corrupt' });
      for (let again = 0; again < 2; again += 1) {
        rig.grant();
        expect(await rig.ask('n1', 'activate', order)).toMatchObject({ status: 'failed', reason: 'digest-mismatch' });
        expect((await rig.facts()).partitions.B).toMatchObject({ version: NEW, state: 'bad' });
      }
      await staysUp(rig, bootId);
    },

    gone: async (rig) => {
      await rig.stage();
      await rig.fault({ at: 'activate', kind: 'gone' });
      await rig.goesOff('n1', () => rig.send('n1', 'activate', order));
      await rig.bootsAgain('n1', () => rig.heal());
      expect(await rig.node()).toMatchObject({ active: 'A', layers: { software: OLD } });
      rig.grant();
      await rig.bootsAgain('n1', () => rig.ask('n1', 'activate', order));
      expect(await rig.node()).toMatchObject({ active: 'B', layers: { software: NEW } });
    },
  });
});

describe('a fault at activate, on the way back', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
    await goesOver(rig);
    rig.grant();
  });
  afterEach(() => rig.stop());

  it('strikes a revert too', async () => {
    await rig.fault({ at: 'activate', kind: 'fail', times: 1 });
    expect(await rig.ask('n1', 'revert', order)).toMatchObject({ status: 'failed', reason: 'activate-failed' });
    await rig.bootsAgain('n1', () => rig.ask('n1', 'revert', order));
    expect(await rig.node()).toMatchObject({ active: 'A', layers: { software: OLD } });
  });

  it('decays the old partition, and the node does not boot it', async () => {
    await rig.fault({ at: 'activate', kind: 'corrupt', times: 1 });
    expect(await rig.ask('n1', 'revert', order)).toMatchObject({ status: 'failed', reason: 'digest-mismatch' });
    expect(await rig.facts()).toMatchObject({ active: 'B', partitions: { A: { state: 'bad' }, B: { state: 'good' } } });
  });
});

import { eventually } from '@baton/testing';
import { readFile } from 'node:fs/promises';
import { NEW, OLD } from '../gateway.js';
import { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const runs = async (rig: Rig, version: string): Promise<void> => {
  await eventually(`it runs ${version}`, async () => {
    const { state, layers } = await rig.node();
    return state === 'up' && layers['software'] === version;
  });
};

/** Why it went down and what it came back from, since it was new. */
const lives = (rig: Rig): readonly string[] =>
  rig
    .truth()
    .slice(1)
    .map(({ event, by, version }) => (event === 'down' ? `down by ${by}` : `up on ${version}`));

const fellBack = { from: NEW, to: OLD, tries: 3 };

describe('a fault at boot', () => {
  carriesOut('boot', {
    fail: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'fail' });
      await rig.goOver();
      await eventually('it has given up the new version', async () => {
        return (await readFile(rig.disk('n1', 'boot.json'), 'utf8')).includes('fellBack');
      });
      expect((await rig.node()).state).toBe('booting');
      await rig.heal();
      await runs(rig, OLD);
      expect(await rig.facts()).toMatchObject({ fellBack });
    },

    hang: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'hang' });
      await rig.goOver();
      await rig.is('booting');
      expect(await rig.services()).toBeUndefined();
      await rig.heal();
      await runs(rig, NEW);
    },

    slow: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'slow', ms: 80 });
      const began = performance.now();
      await rig.goOver();
      await runs(rig, NEW);
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },

    corrupt: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'corrupt', times: 2 });
      await rig.bootsAgain('n1', () => rig.goOver());
      expect(await rig.facts()).toMatchObject({ fellBack, active: 'A', partitions: { B: { state: 'bad' } } });
    },

    'crash-loop': async (rig) => {
      await rig.fault({ at: 'boot', kind: 'crash-loop', times: 2, ms: 20 });
      await rig.goOver();
      await eventually('it has come up for the third time', () => lives(rig).length === 6);
      const again = [`up on ${NEW}`, 'down by fault'];
      expect(lives(rig)).toEqual(['down by token', ...again, ...again, `up on ${NEW}`]);
    },

    unhealthy: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'unhealthy', times: 1, ms: 200 });
      await rig.goOver();
      await rig.servicesAre('down');
      await rig.servicesAre('up');
      expect(lives(rig)).toEqual(['down by token', `up on ${NEW}`, 'down by fault', `up on ${NEW}`]);
    },

    'wrong-version': async (rig) => {
      await rig.fault({ at: 'boot', kind: 'wrong-version', times: 1 });
      await rig.bootsAgain('n1', () => rig.goOver());
      const facts = await rig.facts();
      expect(facts).toMatchObject({
        active: 'A',
        layers: { software: OLD },
        partitions: { B: { version: NEW, state: 'good' } },
      });
      expect(facts.fellBack).toBeUndefined();
    },

    gone: async (rig) => {
      await rig.fault({ at: 'boot', kind: 'gone' });
      await rig.goesOff('n1', () => rig.goOver());
      await rig.heal();
      await runs(rig, NEW);
    },
  });
});

describe('a fault at boot of a version that has booted before', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());
  const crash = (): Promise<void> => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 });

  it('keeps the services down until it is healed', async () => {
    await rig.fault({ at: 'boot', kind: 'unhealthy' });
    await rig.bootsAgain('n1', crash);
    expect(await rig.services()).toBe('down');
    await rig.heal('n1', 'boot');
    await rig.servicesAre('up');
  });

  it('lets a machine with a decayed partition stay down', async () => {
    await rig.fault({ at: 'boot', kind: 'corrupt', times: 1 });
    await rig.fault({ at: 'boot', kind: 'slow', ms: 1, times: 3 });
    await crash();
    await eventually('it has tried three times more', async () =>
      (await rig.node()).faults.every(({ times }) => times === 0),
    );
    await rig.heal();
    expect(await rig.node()).toMatchObject({ state: 'booting', active: 'A' });
    expect(lives(rig)).toEqual(['down by fault']);
  });

  it('does not lose a machine that has nothing on its other partition', async () => {
    await rig.fault({ at: 'boot', kind: 'wrong-version', times: 1 });
    await rig.bootsAgain('n1', crash);
    expect(await rig.node()).toMatchObject({ active: 'A', layers: { software: OLD } });
  });

  it('takes the agent with it when the machine goes off while only its processes restart', async () => {
    await rig.fault({ at: 'boot', kind: 'gone' });
    await rig.goesOff('n1', () => rig.goOver('n1', 'restart'));
    await rig.heal();
    await runs(rig, NEW);
  });

  it('is seen by a machine that boots already, and a healed one is not', async () => {
    await rig.fault({ at: 'boot', kind: 'hang', times: 1 });
    await crash();
    await rig.is('booting');
    await rig.fault({ at: 'boot', kind: 'fail' });
    await rig.heal();
    await rig.is('up');
  });
});

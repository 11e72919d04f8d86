import { eventually } from '@baton/testing';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { BootRecord } from '../src/machine/boot-loader.js';
import { ARTIFACT, NEW, OLD } from './gateway.js';
import { Rig } from './rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const bootRecord = async (): Promise<BootRecord> =>
  JSON.parse(await readFile(rig.disk('n1', 'boot.json'), 'utf8')) as BootRecord;

/** How often a fault may still strike. */
const left = async (): Promise<number> =>
  (await rig.node()).faults.reduce((sum, { times }) => sum + (times ?? Infinity), 0);

const fellBack = { from: NEW, to: OLD, tries: 3 };

describe('a version that does not boot healthy', () => {
  it.each(['fail', 'crash-loop', 'unhealthy', 'corrupt'])(
    'in 3 tries is left for the old one, with a word about it, after %s (INV-21)',
    async (kind) => {
      const ms = kind === 'crash-loop' || kind === 'unhealthy' ? { ms: 5 } : {};
      await rig.fault({ at: 'boot', kind, times: 3, ...ms });
      await rig.goOver();
      await eventually('it runs the old version again', async () => {
        const { state, active } = await rig.node();
        return state === 'up' && active === 'A' && (await left()) === 0;
      });
      expect(await rig.facts()).toMatchObject({
        ...{ active: 'A', passive: 'B', layers: { software: OLD }, services: { data: 'up' }, fellBack },
        partitions: { A: { state: 'good' }, B: { version: NEW, state: 'bad' } },
      });
      expect(rig.truth().at(-1)).toMatchObject({ event: 'up', version: OLD, active: 'A' });
    },
  );

  it('in 2 tries has one more, and is there to stay with the third (INV-21)', async () => {
    await rig.fault({ at: 'boot', kind: 'fail', times: 2 });
    await rig.bootsAgain('n1', () => rig.goOver());
    expect(await rig.node()).toMatchObject({ active: 'B', layers: { software: NEW } });
    expect(await bootRecord()).toEqual({ active: 'B', instanceId: expect.any(String) });
    await rig.fault({ at: 'boot', kind: 'fail', times: 5 });
    await rig.bootsAgain('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 }));
    expect(await rig.node()).toMatchObject({ active: 'B', layers: { software: NEW } });
    expect((await rig.facts()).fellBack).toBeUndefined();
  });

  it('may be tried again under another token, and the fallback is forgotten with it', async () => {
    await rig.fault({ at: 'boot', kind: 'fail', times: 3 });
    await rig.bootsAgain('n1', () => rig.goOver());
    expect(await rig.facts()).toMatchObject({ fellBack });
    await rig.bootsAgain('n1', () => rig.goOver());
    const facts = await rig.facts();
    expect(facts).toMatchObject({ active: 'B', layers: { software: NEW }, partitions: { B: { state: 'good' } } });
    expect(facts.fellBack).toBeUndefined();
  });

  it('is left on the way back too', async () => {
    await rig.bootsAgain('n1', () => rig.goOver());
    await rig.fault({ at: 'boot', kind: 'fail', times: 3 });
    rig.grant();
    await rig.bootsAgain('n1', () => rig.ask('n1', 'revert', { artifact: ARTIFACT, activation: 'reboot' }));
    const facts = await rig.facts();
    expect(facts).toMatchObject({ active: 'B', fellBack: { from: OLD, to: NEW, tries: 3 } });
  });

  it('is left for a decayed one that does not boot either: the machine stays down (INV-21)', async () => {
    await rig.stage();
    await writeFile(rig.disk('n1', 'A', 'image'), randomBytes(64 * 1024));
    await rig.fault({ at: 'boot', kind: 'corrupt', times: 1 });
    // Three tries of the new partition and three of the old one.
    await rig.fault({ at: 'boot', kind: 'slow', ms: 1, times: 5 });
    await rig.goOver();
    await eventually('it has tried both', async () => (await left()) === 0);
    expect(await rig.node()).toMatchObject({ state: 'booting' });
    expect(await bootRecord()).toMatchObject({ active: 'A', fellBack });
    expect(rig.truth().map(({ event }) => event)).toEqual(['up', 'down']);
  });
});

describe('a simulator that is started again', () => {
  it('goes on counting the tries where it was', async () => {
    await rig.fault({ at: 'boot', kind: 'hang' });
    await rig.goOver();
    for (const triesLeft of [2, 1, 0]) {
      await eventually(`${triesLeft} tries are left`, async () => (await bootRecord()).triesLeft === triesLeft);
      await rig.restart();
    }
    await eventually('it has fallen back', async () => (await bootRecord()).fellBack !== undefined);
    await rig.heal();
    await rig.is('up');
    expect(await rig.facts()).toMatchObject({ active: 'A', fellBack });
  });

  it('finds what its machines ran, and their other partitions', async () => {
    await rig.bootsAgain('n1', () => rig.goOver());
    const before = await rig.facts();
    await rig.restart();
    await rig.is('up');
    const { active, partitions, instanceId, layers, epoch, upgradeNo } = before;
    expect(await rig.facts()).toMatchObject({ active, partitions, instanceId, layers, epoch, upgradeNo });
    expect((await rig.facts()).bootId).not.toBe(before.bootId);
  });
});

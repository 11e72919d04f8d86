import type { Facts } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { ARTIFACT, NEW, OLD } from './gateway.js';
import { Rig } from './rig.js';

const [OLD_IMAGE, NEW_IMAGE] = ['20.4.1', '22.4.1'];

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start({ image: OLD_IMAGE });
  await rig.stage();
});
afterEach(() => rig.stop());

/** The node goes over, or back, and is up again. */
const goes = async (verb: 'activate' | 'revert', activation: 'restart' | 'replace', image?: string): Promise<Facts> => {
  const { runId } = await rig.facts();
  rig.grant();
  const how = { artifact: ARTIFACT, activation, ...(image !== undefined && { image }) };
  expect(await rig.ask('n1', verb, how)).toMatchObject({ status: 'done' });
  let facts: Facts | undefined;
  await eventually('it runs anew', async () => {
    facts = await rig.facts().catch(() => undefined);
    return facts?.runId !== runId && facts?.services['data'] === 'up';
  });
  return facts!;
};

it('a node that was never taken over has run nothing before (X-42)', async () => {
  const { partitions } = await rig.facts();
  expect(partitions.A).toMatchObject({ version: OLD, ran: { software: OLD, image: OLD_IMAGE } });
  expect(partitions.B).toEqual({ version: NEW, sha256: ARTIFACT.sha256, state: 'good' });
});

it('new software on the same instance changes nothing else: instance, boot and image stay (X-01)', async () => {
  const before = await rig.facts();
  const after = await goes('activate', 'restart', NEW_IMAGE);
  expect(after.layers).toEqual({ ...before.layers, software: NEW });
  expect([after.instanceId, after.bootId]).toEqual([before.instanceId, before.bootId]);
});

it('new software on the same instance is told without being asked, though the agent has not started anew', async () => {
  await goes('activate', 'restart');
  const isTold = (): boolean => rig.wire().hellos.at(-1)?.facts.layers.software === NEW;
  await eventually('its last hello says so', isTold);
  expect(rig.wire().hellos.at(-1)?.facts.partitions.A).toMatchObject({ ran: { software: OLD } });
});

it('a new instance has another id and another boot, and the image that it was ordered with (X-02)', async () => {
  const before = await rig.facts();
  const after = await goes('activate', 'replace', NEW_IMAGE);
  expect(after.layers).toEqual({ ...before.layers, software: NEW, image: NEW_IMAGE });
  expect(after.instanceId).not.toBe(before.instanceId);
  expect(after.bootId).not.toBe(before.bootId);
  // What it was is on record beside what it is.
  expect(after.partitions.A).toMatchObject({ ran: { software: OLD, image: OLD_IMAGE } });
});

it.each([
  ['another image, when one goes with the older software', OLD_IMAGE],
  ['the same image, when that goes with both', NEW_IMAGE],
])('a node that goes back by a new instance has the older software and %s (X-21)', async (_what, image) => {
  const before = await goes('activate', 'replace', NEW_IMAGE);
  const after = await goes('revert', 'replace', image);
  expect(after.layers).toMatchObject({ software: OLD, image });
  expect(after.instanceId).not.toBe(before.instanceId);
});

it('a new instance that is ordered with no image has that of its partition', async () => {
  await goes('activate', 'replace', NEW_IMAGE);
  expect((await goes('revert', 'replace')).layers).toMatchObject({ software: OLD, image: OLD_IMAGE });
});

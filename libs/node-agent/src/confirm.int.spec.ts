import { jest } from '@jest/globals';
import { eventually } from '@baton/testing';
import { appendFile, open, writeFile, type FileHandle } from 'node:fs/promises';
import { FakeNode } from '../test/fake-node.js';
import { makeArtifact } from '../test/artifact-server.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
  await node.ask('stage');
  await node.ask('drain');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await node.stop();
});

const EPOCH = 3_000_001;

/** It is up, serves, and runs what it ran. */
const stays = async (): Promise<void> => {
  await eventually('it serves again', () => !node.driver.isDrained);
  expect(node.driver.did).toEqual(['drain', 'undrain']);
  expect(await node.facts()).toMatchObject({ active: 'A', bootId: 'boot-1', layers: { software: '1.0.0' } });
};

describe.each(['activate', 'revert'] as const)('a node that is to %s', (verb) => {
  const args = verb === 'activate' ? undefined : { args: {} };

  it('asks whether its epoch still holds, right before it goes down (INV-13)', async () => {
    expect(await node.ask(verb, args)).toMatchObject({ status: 'done', outcome: { alreadyActive: false } });
    expect(node.wire.confirms).toEqual([
      { clusterId: 'demo', nodeId: 'n1', upgradeId: 'u3', instance: 'u3_main', epoch: EPOCH },
    ]);
    expect(node.driver.did).toEqual(['drain', 'next B']);
    node.clock.advance(100);
    await eventually('it goes down', () => node.driver.did.includes(`reboot ${EPOCH}`));
  });

  it('stays up and serves again when its turn is not confirmed (INV-13)', async () => {
    node.wire.confirmsWith = () => Promise.resolve({ confirmed: false, reason: 'the token is with n2' });
    const failed = await node.ask(verb, args);
    expect(failed).toMatchObject({ status: 'failed', reason: 'not-confirmed', message: 'the token is with n2' });
    await stays();
    expect(await node.ask(verb, args)).toEqual(failed);
    expect(node.wire.confirms).toHaveLength(1);
  });

  it.each([
    ['nobody answers', () => Promise.resolve(undefined)],
    ['the bus is away', () => Promise.reject(new Error('no connection'))],
  ])('asks anew each second while %s, then stays up and serves again (INV-13)', async (_what, noAnswer) => {
    node.wire.confirmsWith = noAnswer;
    expect(await node.begin(verb, args)).toMatchObject({ status: 'accepted' });
    for (let times = 1; times <= 30; times += 1) {
      await eventually(`it asks ${times} times`, () => node.wire.confirms.length === times);
      expect(await node.ask(verb, args)).toMatchObject({ status: 'running' });
      node.clock.advance(1_000);
    }
    expect(await node.ends(verb, args)).toMatchObject({ status: 'failed', reason: 'not-confirmed' });
    await stays();
  });

  it('goes down when somebody confirms after a while of silence (INV-13)', async () => {
    node.wire.confirmsWith = () => Promise.resolve(undefined);
    await node.begin(verb, args);
    await eventually('it asks', () => node.wire.confirms.length === 1);
    node.wire.confirmsWith = () => Promise.resolve({ confirmed: true });
    node.clock.advance(1_000);
    expect(await node.ends(verb, args)).toMatchObject({ status: 'done' });
    node.clock.advance(100);
    await eventually('it goes down', () => node.driver.did.includes(`reboot ${EPOCH}`));
  });
});

describe('a node that is to activate', () => {
  const refuses = async (more: Parameters<FakeNode['ask']>[1], reason: string): Promise<void> => {
    expect(await node.ask('activate', more)).toMatchObject({ status: 'failed', reason });
    expect(node.wire.confirms).toEqual([]);
    await stays();
  };

  it('refuses what another upgrade staged, though it is there (INV-13, INV-20)', async () => {
    await refuses({ upgradeNo: 4, upgradeId: 'u4', epoch: 4_000_001 }, 'not-staged');
  });

  it('refuses what an upgrade staged that only has the same number (INV-20)', async () => {
    await refuses({ upgradeId: 'u9', epoch: 3_000_002 }, 'not-staged');
  });

  it('refuses another digest than the one that was staged (INV-20)', async () => {
    await refuses({ args: { artifact: makeArtifact('1.1.0').ref } }, 'not-staged');
  });

  it('refuses to be told nothing about what', async () => {
    await refuses({ args: {} }, 'artifact-missing');
  });

  it.each([
    ['changed', (image: string) => writeFile(image, 'other bytes')],
    ['longer', (image: string) => appendFile(image, 'x')],
  ])('refuses bytes that are %s since they were staged (INV-19)', async (_what, decay) => {
    await decay(node.driver.partitions.imageOf('B'));
    await refuses({}, 'digest-mismatch');
  });

  it('does not go down when its outcome cannot be kept, says nothing, and takes no order any more (INV-24)', async () => {
    const handle = await open(node.journalPath, 'r');
    await handle.close();
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    jest.spyOn(prototype, 'datasync').mockRejectedValueOnce(new Error('EIO'));
    await expect(node.ask('activate')).rejects.toThrow('EIO');
    await expect(node.ask('activate')).rejects.toThrow('EIO');
    node.clock.advance(100);
    expect((await node.facts()).bootId).toBe('boot-1');
    expect(node.driver.did).toEqual(['drain', 'next B']);
  });

  it('is not taken down by a life that has ended: what came up meanwhile stays up (INV-13)', async () => {
    await node.ask('activate');
    await node.reboot();
    node.clock.advance(100);
    await node.facts();
    expect(node.driver.did).toEqual(['drain', 'next B']);
  });

  it('has nothing to do when it runs that already, and serves again', async () => {
    await node.ask('activate');
    await node.reboot();
    await node.ask('drain', { epoch: EPOCH + 1 });
    expect(await node.ask('activate', { epoch: EPOCH + 1 })).toMatchObject({
      status: 'done',
      outcome: { alreadyActive: true },
    });
    node.clock.advance(100);
    expect(node.driver.isDrained).toBe(false);
    expect(node.driver.did).toEqual(['drain', 'next B', 'drain', 'undrain']);
  });
});

import { jest } from '@jest/globals';
import type { Answer, NodeCommand, Verb } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { FakeNode } from '../test/fake-node.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await node.stop();
});

const EPOCH = 3_000_001;

const cancel = (verb: Verb, more: Partial<NodeCommand> = {}): Promise<Answer> =>
  node.ask('cancel', { args: { cancels: { verb, attempt: 1 } }, ...more });

const goesDown = (): Promise<void> =>
  eventually('it goes down', () => (node.clock.advance(100), node.driver.did.some((did) => did.startsWith('re'))));

describe('a transfer that is cancelled', () => {
  it('ends, and the partition that it wrote is not good (INV-20)', async () => {
    node.driver.hold('written');
    await node.begin('stage');
    await eventually('all bytes are there', () => node.driver.isAt('written'));
    expect(await cancel('stage', { epoch: undefined })).toMatchObject({ status: 'done', outcome: { facts: {} } });
    expect(await node.ask('stage')).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(await node.facts()).toMatchObject({ partitions: { B: { state: 'empty' } } });
  });

  it('never begins when its order comes later, also in the next life (INV-24)', async () => {
    expect(await cancel('stage', { epoch: undefined })).toMatchObject({ status: 'done' });
    await node.reopen();
    expect(await node.ask('stage')).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(node.driver.isAt('stage')).toBe(false);
    expect(await node.ask('stage', { attempt: 2 })).toMatchObject({ status: 'done' });
  });
});

describe('a turn that is cancelled', () => {
  it('while it drains ends, and the node serves again', async () => {
    node.driver.hold('drain');
    await node.begin('drain');
    expect(await cancel('drain')).toMatchObject({ status: 'done' });
    expect(await node.ask('drain')).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(node.driver.isDrained).toBe(false);
  });

  it('once it is drained is over: the node serves again and goes down for it no more (INV-13)', async () => {
    await node.ask('stage');
    await node.ask('drain');
    expect(await cancel('activate')).toMatchObject({ status: 'done' });
    expect(node.driver.isDrained).toBe(false);
    await node.reopen();
    expect(await node.ask('activate')).toMatchObject({ status: 'refused', reason: 'cancelled' });
    expect(node.wire.confirms).toEqual([]);
  });

  it('before its order comes never begins (INV-13)', async () => {
    expect(await cancel('drain')).toMatchObject({ status: 'done' });
    await node.reopen();
    expect(await node.ask('drain')).toMatchObject({ status: 'refused', reason: 'cancelled' });
    expect(await node.ask('activate')).toMatchObject({ status: 'refused', reason: 'cancelled' });
    expect(node.driver.did).toEqual(['undrain']);
  });

  it('while it asks whether it may go down stays up, whatever the answer is (INV-13)', async () => {
    await node.ask('stage');
    let confirm = (): void => undefined;
    node.wire.confirmsWith = () => new Promise((resolve) => (confirm = () => resolve({ confirmed: true })));
    await node.begin('activate');
    await eventually('it asks', () => node.wire.confirms.length === 1);
    const aborted = jest.spyOn(AbortController.prototype, 'abort');
    const cancelled = cancel('activate');
    await eventually('the order is taken back', () => aborted.mock.calls.length > 0);
    confirm();
    expect(await cancelled).toMatchObject({ status: 'done' });
    expect(await node.ask('activate')).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect(node.driver.did).toEqual(['undrain', 'undrain']);
  });

  it.each(['activate', 'revert'] as const)(
    'past the commit of %s goes down all the same, and says so (INV-13)',
    async (verb) => {
      await node.ask('stage');
      const { bootId, runId } = await node.driver.health();
      const release = node.driver.hold('committed');
      await node.begin(verb, { args: { ...(verb === 'activate' && { artifact: node.release.ref }) } });
      await eventually('it is committed', () => node.driver.isAt('committed'));
      expect(await cancel(verb)).toMatchObject({ status: 'refused', reason: 'activated', outcome: { facts: {} } });
      release();
      expect(await node.ends(verb)).toMatchObject({ status: 'done' });
      expect(await cancel(verb)).toMatchObject({ status: 'refused', reason: 'activated' });
      await goesDown();
      await node.reopen();
      // The life that went over says so; the facts are those of the life after it.
      expect(await cancel(verb)).toMatchObject({ status: 'refused', reason: 'activated', bootId, runId });
    },
  );

  it('at the moment at which it is confirmed is either over or goes down, and says which (INV-13)', async () => {
    await node.ask('stage');
    let confirm = (): void => undefined;
    node.wire.confirmsWith = () => new Promise((resolve) => (confirm = () => resolve({ confirmed: true })));
    await node.begin('activate');
    await eventually('it asks', () => node.wire.confirms.length === 1);
    confirm();
    const said = await cancel('activate');
    const became = await node.ends('activate');
    if (said.status === 'done') expect(became).toMatchObject({ status: 'failed', reason: 'cancelled' });
    else expect([said.reason, became.status]).toEqual(['activated', 'done']);
  });

  it('is not over when what it would have activated ran already: there is nothing to go down for', async () => {
    expect(await node.ask('revert', { args: { artifact: node.release.ref } })).toMatchObject({
      outcome: { alreadyActive: true },
    });
    expect(await cancel('revert')).toMatchObject({ status: 'done' });
  });
});

describe('a turn that is cancelled after an earlier one of the upgrade', () => {
  const next = { epoch: EPOCH + 1 };
  const goOver = (activation: 'reboot' | 'restart'): Promise<Answer> =>
    node.ask('activate', { args: { artifact: node.release.ref, activation } });

  it.each(['reboot', 'restart'] as const)(
    'is refused while the node is still to %s for the earlier one (INV-13)',
    async (activation) => {
      await node.ask('stage');
      node.driver.hold('boot');
      expect(await goOver(activation)).toMatchObject({ status: 'done' });
      expect(await node.ask('drain', { ...next, attempt: 2 })).toMatchObject({ status: 'done' });
      expect(await cancel('drain', next)).toMatchObject({ status: 'refused', reason: 'goes-down' });
      await goesDown();
      expect(await cancel('drain', next)).toMatchObject({ status: 'refused', reason: 'goes-down' });
    },
  );

  it('is refused by the next agent of the same life, which cannot know whether the machine goes down (INV-13)', async () => {
    await node.ask('stage');
    await goOver('reboot');
    await node.reopen();
    expect(await cancel('drain', next)).toMatchObject({ status: 'refused', reason: 'goes-down' });
  });

  it.each(['reboot', 'restart'] as const)(
    'is over when the node has gone down by %s for the earlier one',
    async (activation) => {
      await node.ask('stage');
      await goOver(activation);
      await goesDown();
      if (activation === 'reboot') await node.reopen();
      await node.ask('drain', { ...next, attempt: 2 });
      expect(await cancel('drain', next)).toMatchObject({ status: 'done' });
      expect(node.driver.isDrained).toBe(false);
    },
  );

  it('is over when the earlier one did not come to its end', async () => {
    await node.ask('stage');
    node.wire.confirmsWith = () => Promise.resolve({ confirmed: false });
    expect(await node.ask('activate')).toMatchObject({ status: 'failed' });
    expect(await cancel('drain', next)).toMatchObject({ status: 'done' });
  });
});

describe('what cannot be cancelled', () => {
  it.each<[string, Verb, Partial<NodeCommand>, string]>([
    ['a question', 'inspect', {}, 'not-cancellable'],
    ['finalize', 'finalize', {}, 'not-cancellable'],
    ['a turn without its epoch', 'drain', { epoch: undefined }, 'epoch-missing'],
    ['a turn of an older upgrade', 'drain', { upgradeNo: 2, upgradeId: 'u2' }, 'stale-upgrade'],
    ['a turn with an older epoch', 'drain', { epoch: EPOCH - 1 }, 'stale-epoch'],
    ['a turn of another upgrade that has the same number', 'drain', { upgradeId: 'u9' }, 'other-upgrade'],
  ])('%s is refused, and the turn of the node goes on (INV-15)', async (_what, verb, more, reason) => {
    const release = node.driver.hold('drain');
    await node.begin('drain');
    expect(await cancel(verb, more)).toMatchObject({ status: 'refused', reason, outcome: { facts: {} } });
    release();
    expect(await node.ends('drain')).toMatchObject({ status: 'done' });
    expect(node.driver.isDrained).toBe(true);
  });
});

import { jest } from '@jest/globals';
import { eventually } from '@baton/testing';
import { readFile } from 'node:fs/promises';
import { FakeNode } from '../test/fake-node.js';
import { Failure } from './failure.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await node.stop();
});

const NEWER = 3_000_002;

/** What the node keeps of a verb's outcomes and of the epochs that it has seen, in the order of its journal. */
const kept = async (verb: string): Promise<readonly (number | string)[]> => {
  const lines = (await readFile(node.journalPath, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { floor?: { epoch: number }; outcome?: { verb: string; status: string } })
    .flatMap(({ floor, outcome }): (number | string)[] => {
      if (floor) return [floor.epoch];
      return outcome?.verb === verb ? [outcome.status] : [];
    });
};

describe('an order that is repeated', () => {
  it('is answered with its outcome and not carried out again (INV-24)', async () => {
    const first = await node.ask('drain');
    expect(first).toMatchObject({ status: 'done', bootId: 'boot-1', outcome: { facts: { nodeId: 'n1' } } });
    expect(await node.ask('drain')).toEqual(first);
    expect(node.driver.did).toEqual(['drain']);
  });

  it('is answered by later lives with the outcome and the boot id of the life that did it (INV-24)', async () => {
    const staged = await node.ask('stage');
    const drained = await node.ask('drain');
    const activated = await node.ask('activate', { args: { ...node.command('activate').args, activation: 'reboot' } });
    await eventually('it goes down', () => (node.clock.advance(100), node.driver.did.includes('reboot 3000001')));
    await node.reopen();
    expect((await node.facts()).bootId).toBe('boot-2');
    for (const answer of [staged, drained, activated]) {
      expect(answer).toMatchObject({ status: 'done', bootId: 'boot-1' });
      expect(await node.ask(answer.verb)).toEqual(answer);
    }
    expect(node.driver.did).toEqual(['drain', 'next B', 'reboot 3000001']);
  });

  it('is answered with its failure too; another attempt is made anew', async () => {
    node.driver.failures.set('stage', new Failure('disk-full', 'The disk is full.'));
    const failed = await node.ask('stage');
    node.driver.failures.clear();
    await node.reopen();
    expect(await node.ask('stage')).toEqual(failed);
    expect(await node.ask('stage', { attempt: 2 })).toMatchObject({ status: 'done' });
  });

  it('is begun anew when the life that had begun it ended, for nothing is known of it (INV-24)', async () => {
    node.driver.hold('stage');
    expect(await node.begin('stage')).toMatchObject({ status: 'accepted' });
    await node.reopen();
    expect(node.wire.reports).toEqual([]);
    node.driver.hold('stage')();
    expect(await node.ask('stage')).toMatchObject({ status: 'done' });
  });
});

describe('an order that takes its time', () => {
  it('is accepted, then answered running with its progress, then done (INV-24)', async () => {
    const release = node.driver.hold('written');
    expect(await node.begin('stage')).toMatchObject({ status: 'accepted' });
    await eventually('all bytes are there', () => node.driver.isAt('written'));
    const running = await node.ask('stage');
    expect(running).toMatchObject({ status: 'running', progress: 1 });
    expect(running.outcome).toBeUndefined();
    release();
    expect(await node.ends('stage')).toMatchObject({ status: 'done', outcome: { written: { partition: 'B' } } });
    await eventually('the outcome is reported', () => node.wire.reports.length === 1);
    expect(node.wire.reports).toMatchObject([{ verb: 'stage', status: 'done' }]);
  });

  it('is ended by the next attempt, and its outcome says so', async () => {
    node.driver.hold('stage');
    await node.begin('stage');
    const next = node.ask('stage', { attempt: 2 });
    node.driver.hold('stage')();
    expect(await next).toMatchObject({ status: 'done', attempt: 2 });
    expect(await node.ask('stage')).toMatchObject({ status: 'failed', reason: 'superseded' });
    expect(await node.ask('stage', { attempt: 1, epoch: 7 })).toMatchObject({ reason: 'stale-attempt' });
  });

  it('makes the next one wait, which does not begin when the agent ends meanwhile', async () => {
    await node.ask('stage');
    const release = node.driver.hold('committed');
    await node.begin('activate');
    await eventually('it cannot be taken back any more', () => node.driver.isAt('committed'));
    const aborted = jest.spyOn(AbortController.prototype, 'abort');
    const next = node.ask('drain', { epoch: NEWER });
    const refused = expect(next).rejects.toThrow('stopped');
    await eventually('the next one waits for it', () => aborted.mock.calls.length > 0);
    const stopped = node.agent.stop();
    release();
    await Promise.all([refused, stopped]);
    expect(node.driver.isAt('drain')).toBe(false);
    await node.reopen();
  });
});

describe('an order to go over, when a newer epoch comes', () => {
  it('is kept before that epoch if it is past its last look: a node goes over for the highest that it has seen (INV-13)', async () => {
    await node.ask('stage');
    const release = node.driver.hold('committed');
    await node.begin('activate');
    await eventually('it cannot be taken back any more', () => node.driver.isAt('committed'));
    const aborted = jest.spyOn(AbortController.prototype, 'abort');
    const next = node.ask('drain', { epoch: NEWER, attempt: 2 });
    await eventually('the newer one has come', () => aborted.mock.calls.length > 0);
    release();
    expect(await next).toMatchObject({ status: 'done' });
    expect(await kept('activate')).toEqual([0, 3_000_001, 'done', NEWER]);
  });

  it.each([
    ['drain', { attempt: 2 }],
    ['cancel', { args: { cancels: { verb: 'drain', attempt: 2 } } }],
  ] as const)(
    'is over before that epoch if it is not: %s, though it is confirmed late (INV-13)',
    async (verb, more) => {
      await node.ask('stage');
      let confirm = (): void => undefined;
      node.wire.confirmsWith = () => new Promise((resolve) => (confirm = () => resolve({ confirmed: true })));
      await node.begin('activate');
      await eventually('it asks', () => node.wire.confirms.length === 1);
      const aborted = jest.spyOn(AbortController.prototype, 'abort');
      const next = node.ask(verb, { epoch: NEWER, ...more });
      await eventually('the newer one has come', () => aborted.mock.calls.length > 0);
      confirm();
      expect(await next).toMatchObject({ status: 'done' });
      expect(await kept('activate')).toEqual([0, 3_000_001, 'failed', NEWER]);
      expect(node.driver.did).not.toContain('next B');
    },
  );
});

describe('a machine that cannot go down', () => {
  it('stays up and hears what it is told: a retry takes it down', async () => {
    await node.ask('stage');
    node.driver.failures.set('boot', new Error('inhibited'));
    expect(await node.ask('activate')).toMatchObject({ status: 'done' });
    await eventually('it is to go down', () => (node.clock.advance(100), node.driver.isAt('boot')));
    expect(await node.facts()).toMatchObject({ bootId: 'boot-1', active: 'A' });
    node.driver.failures.clear();
    await node.ask('drain', { epoch: NEWER, attempt: 2 });
    expect(await node.ask('activate', { epoch: NEWER, attempt: 2 })).toMatchObject({ status: 'done' });
    await eventually('it goes down', () => (node.clock.advance(100), node.driver.did.includes(`reboot ${NEWER}`)));
    expect(await node.facts()).toMatchObject({ bootId: 'boot-2', active: 'B' });
  });
});

describe('an order of another time', () => {
  it.each([
    ['an older upgrade', { upgradeNo: 2, upgradeId: 'u2', epoch: 2_000_001 }, 'stale-upgrade'],
    ['an older epoch', { epoch: 3_000_000 }, 'stale-epoch'],
    ['another upgrade that has the same number', { upgradeId: 'u9', epoch: 3_000_002 }, 'other-upgrade'],
    ['another upgrade, just as one that was carried out', { upgradeId: 'u9' }, 'other-upgrade'],
  ])('is refused and changes nothing, also in the next life: %s (INV-13, INV-15)', async (_what, more, reason) => {
    await node.ask('drain');
    await node.reopen();
    const before = await node.facts();
    expect(await node.ask('drain', more)).toMatchObject({ status: 'refused', reason });
    expect(await node.facts()).toEqual(before);
    expect(node.driver.did).toEqual(['drain']);
  });

  it('is not taken for the one that runs, when another upgrade has the same number (INV-15)', async () => {
    const release = node.driver.hold('activate');
    await node.ask('stage');
    await node.begin('activate');
    expect(await node.ask('activate', { upgradeId: 'u9' })).toMatchObject({
      status: 'refused',
      reason: 'other-upgrade',
    });
    release();
    expect(await node.ends('activate')).toMatchObject({ status: 'done' });
  });

  it('writes no partition once the node was drained for that upgrade, also in the next life (INV-13)', async () => {
    await node.ask('stage');
    await node.ask('drain');
    await node.reopen();
    expect(await node.ask('stage', { attempt: 2 })).toMatchObject({ status: 'refused', reason: 'stale-stage' });
  });

  it('leaves the highest upgrade and epoch to be asked for in every life', async () => {
    await node.ask('drain', { epoch: 3_000_007 });
    await node.ask('inspect', { upgradeNo: 9, epoch: 9_000_001 });
    await node.reboot();
    expect(await node.facts()).toMatchObject({ upgradeNo: 3, epoch: 3_000_007, bootId: 'boot-2' });
    expect(node.agent.epoch).toBe(3_000_007);
  });
});

describe('finalize', () => {
  it('that failed is tried again by the same attempt, and then its outcome stays', async () => {
    node.driver.failures.set('finalize', new Error('EIO'));
    expect(await node.ask('finalize')).toMatchObject({ status: 'failed', reason: 'internal-error' });
    await node.reopen();
    expect(await node.ask('finalize')).toMatchObject({ status: 'failed' });
    node.driver.failures.clear();
    const done = await node.ask('finalize');
    expect(done).toMatchObject({ status: 'done' });
    expect(await node.ask('finalize')).toEqual(done);
  });

  it('that failed after it was accepted is tried again too', async () => {
    const release = node.driver.hold('finalize');
    expect(await node.begin('finalize')).toMatchObject({ status: 'accepted' });
    node.driver.failures.set('finalize', new Error('EIO'));
    release();
    await node.reopen();
    node.driver.failures.clear();
    expect(await node.ask('finalize')).toMatchObject({ status: 'done' });
  });

  it('that hangs holds up neither the next upgrade nor the end of the agent', async () => {
    node.driver.hold('finalize');
    expect(await node.begin('finalize')).toMatchObject({ status: 'accepted' });
    const next = { upgradeNo: 4, upgradeId: 'u4' };
    expect(await node.ask('stage', next)).toMatchObject({ status: 'done' });
    expect(await node.begin('finalize', { ...next, epoch: 4_000_001 })).toMatchObject({ status: 'accepted' });
    await node.reopen();
  });
});

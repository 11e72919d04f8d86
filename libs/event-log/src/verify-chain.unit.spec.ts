import { createHash } from 'node:crypto';
import type { Recorded } from '@baton/kernel';
import { appendOf, write } from './event-log-suite.spec.js';
import { InMemoryEventLog } from './in-memory.js';
import { verifyChain } from './verify-chain.js';

const threeEvents = async (): Promise<readonly Recorded[]> => {
  const log = new InMemoryEventLog();
  await log.append(appendOf([write('upgrade-u1', 0, 'UpgradeRequested', 'PauseRequested')]));
  await log.append(appendOf([write('cluster-demo', 0, 'ClusterCreated')], { upgrade: undefined }));
  return log.read({});
};

// Written from the description, not from the code: anybody must be able to check a log.
const field = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};
const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('the hash chain', () => {
  it('is what its description says (INV-1)', async () => {
    const [event] = await threeEvents();
    const { commandId } = event!.meta;
    const digest = sha256(
      ...['upgrade-u1', '1', 'UpgradeRequested', 'demo', 'u1', '{"reason":"of UpgradeRequested"}'].map(field),
      field(`{"actor":"operator:ada","causationId":"c-1","commandId":"${commandId}","correlationId":"c-1"}`),
    );
    const position = Buffer.from('0000000000000001', 'hex');
    expect(event!.hash).toBe(sha256(Buffer.alloc(32), position, digest).toString('hex'));
  });

  it('is unbroken as it was recorded, also when keys come in another order', async () => {
    const events = await threeEvents();
    const reversed = (value: object): object => Object.fromEntries(Object.entries(value).reverse());
    expect(verifyChain(events)).toBeUndefined();
    expect(
      verifyChain(events.map((event) => ({ ...event, meta: reversed(event.meta) as Recorded['meta'] }))),
    ).toBeUndefined();
  });

  it.each([
    ['type', { type: 'Other' }],
    ['cluster', { cluster: 'lab' }],
    ['upgrade', { upgrade: undefined }],
    ['data', { data: {} }],
    ['stream', { stream: 'upgrade-u9', version: 1 }],
    ['version', { version: 3 }],
    ['position', { position: 3 }],
    ['hash', { hash: 'ff'.repeat(32) }],
    ['time', { recordedAt: '1999-01-01T00:00:00.000Z' }],
  ])('breaks where another %s stands', async (_title, change) => {
    const events = (await threeEvents()).map((event) => (event.version === 2 ? { ...event, ...change } : event));
    expect(verifyChain(events)?.position).toBe('position' in change ? 3 : 2);
  });
});

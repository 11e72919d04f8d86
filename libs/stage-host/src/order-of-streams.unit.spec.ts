import type { Request } from '@baton/contracts';
import { rolloutStage } from '@baton/domain';
import { InMemoryEventLog } from '@baton/event-log';
import type { Event, Recorded } from '@baton/kernel';
import { ManualClock, settle } from '../test/manual-clock.js';
import { hosted } from './ports.js';
import { StageHost } from './stage-host.js';

const UPGRADE = 'u01k00000000000000000000001';
const request = {
  ...{
    upgradeId: UPGRADE,
    upgradeNo: 1,
    clusterId: 'demo',
    from: '1.0.0',
    to: '1.1.0',
    autoCommit: true,
    dryRun: false,
  },
  release: { version: '1.1.0', layer: 'software', kind: 'spec', sha256: 'a'.repeat(64), size: 1 },
  strategy: { name: 'spec', layer: 'software', activation: 'reboot', onFailure: { scope: 'upgrade' } },
} as Request;

/** A rollout of two lanes that both hold their token; the bus delivers category by category, in any order between them. */
const rolling = async () => {
  const log = new InMemoryEventLog();
  const clock = new ManualClock();
  const append = async (...events: readonly (Event & { readonly stream: string })[]): Promise<readonly Recorded[]> => {
    const result = await log.append({
      ...{ commandId: `c${await log.head()}`, cluster: 'demo', upgrade: UPGRADE },
      meta: { actor: 'test', correlationId: 'c', causationId: 'c' },
      writes: [...new Set(events.map(({ stream }) => stream))].map((stream) => ({
        ...{ stream, expectedVersion: 'any' },
        events: events.filter((event) => event.stream === stream),
      })),
    });
    if (result.status !== 'accepted') throw new Error(result.status);
    return result.events;
  };
  const on = (category: string, type: string, data: object) => ({ stream: `${category}-${UPGRADE}`, type, data });
  const inLane = (lane: string, type: string, more: object = {}) =>
    on('lane', type, { lane, wave: 1, nodeId: `${lane}1`, epoch: 1_000_001, at: 1, ...more });
  const named = (lane: string, type: string, more: object = {}) => {
    const event = inLane(lane, type, more);
    return { ...event, stream: `lane-${UPGRADE}_${lane}` };
  };
  const opened = { direction: 'forward', part: 1, of: 1, nodes: [], witnesses: [] };
  await append(
    on('upgrade', 'UpgradeRequested', request),
    on('rollout', 'RolloutStarted', { waves: 1 }),
    on('rollout', 'WaveStarted', { wave: 1, direction: 'forward', lanes: ['red', 'blue'] }),
    ...['red', 'blue'].map((lane) => named(lane, 'LaneOpened', opened)),
    ...['red', 'blue'].map((lane) => named(lane, 'TokenGranted', { direction: 'forward', attempt: 1, digest: '' })),
  );
  const host = new StageHost([hosted(rolloutStage, { guards: ['upgrade'] })], {
    ...{ log, clock, actor: 'rollout-svc', resendMs: 1_000 },
    ask: () => Promise.resolve(undefined),
    urls: () => Promise.resolve({}),
    connected: () => true,
    logger: { log: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await host.start([UPGRADE]);
  await settle();
  const waves = async () => (await log.read({ streams: [`rollout-${UPGRADE}`] })).slice(2).map(({ type }) => type);
  return { log, host, append, on, named, waves };
};

describe('what the bus delivers of one stream before another', () => {
  it('INV-22 does not end a stall of a lane that the rollout has not heard stall', async () => {
    const { log, host, append, on, named, waves } = await rolling();
    const [drained] = await append(named('blue', 'HolderDrained', { bootId: 'b', runId: 'r', version: '1.0.0' }));
    await host.react(drained as Recorded);
    const [, told] = await append(
      named('red', 'LaneStalled', { reason: 'silent', evidence: 'Gone.', precheckCouldHaveCaught: false }),
      on('rollout', 'RolloutStalled', { lane: 'red', wave: 1, scope: 'upgrade' }),
    );
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const read = log.read.bind(log);
    log.read = (query) => held.then(() => read(query));
    const reacted = host.react(told as Recorded);
    await settle();
    await Promise.race([host.react(drained as Recorded), settle()]);
    goOn();
    await reacted;
    expect(await waves()).toEqual(['RolloutStalled']);
  });

  it('does not call a pause over a token that the rollout has not seen granted', async () => {
    const { log, host, append, on, named, waves } = await rolling();
    const ended = await append(...['red', 'blue'].map((lane) => named(lane, 'TokenReturned', { outcome: 'upgraded' })));
    for (const event of ended) await host.react(event);
    const [, paused] = await append(
      named('red', 'TokenGranted', { nodeId: 'red2', epoch: 1_000_002, direction: 'forward', attempt: 1, digest: '' }),
      on('upgrade', 'PauseRequested', {}),
    );
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const read = log.read.bind(log);
    log.read = (query) => held.then(() => read(query));
    const reacted = host.react(paused as Recorded);
    await settle();
    await Promise.race([host.react(ended[0] as Recorded), settle()]);
    goOn();
    await reacted;
    expect(await waves()).toEqual([]);
  });
});

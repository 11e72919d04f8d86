import type { Answer, Request } from '@baton/contracts';
import { laneGuards, laneStage } from '@baton/domain';
import { InMemoryEventLog } from '@baton/event-log';
import type { Recorded } from '@baton/kernel';
import { ManualClock } from '../test/manual-clock.js';
import { hosted } from './ports.js';
import { StageHost } from './stage-host.js';

const UPGRADE = 'u01k00000000000000000000001';
const NODES = Array.from({ length: 50 }, (_, n) => `n${n + 1}`);
const EPOCH = 1_000_001;
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
  strategy: {
    name: 'spec',
    layer: 'software',
    activation: 'reboot',
    onFailure: { scope: 'upgrade' },
    timing: { drainMs: 9 },
  },
} as Request;

/** All nodes go at once, each in a lane of its own, and each holds its token. */
const inParallel = async () => {
  const log = new InMemoryEventLog();
  const append = async (stream: string, type: string, data: object): Promise<Recorded> => {
    const result = await log.append({
      ...{ commandId: `${stream}/${type}`, cluster: 'demo', upgrade: UPGRADE },
      meta: { actor: 'test', correlationId: 'c', causationId: 'c' },
      writes: [{ stream, expectedVersion: 'any', events: [{ type, data }] }],
    });
    if (result.status !== 'accepted') throw new Error(result.status);
    return result.events[0] as Recorded;
  };
  await append(`upgrade-${UPGRADE}`, 'UpgradeRequested', request);
  await append(`rollout-${UPGRADE}`, 'WaveStarted', { wave: 1, direction: 'forward', lanes: NODES });
  for (const lane of NODES) {
    const stream = `lane-${UPGRADE}_${lane}`;
    const opened = {
      lane,
      wave: 1,
      direction: 'forward',
      part: 1,
      of: 1,
      nodes: [lane, `${lane}-next`],
      witnesses: [],
    };
    await append(stream, 'LaneOpened', opened);
    const turn = { nodeId: lane, epoch: EPOCH, direction: 'forward', attempt: 1, digest: '', at: 0 };
    await append(stream, 'TokenGranted', turn);
  }
  const clock = new ManualClock();
  const stage = hosted(laneStage, {
    guards: laneGuards,
    instances: () => Promise.resolve(NODES.map((lane) => `${UPGRADE}_${lane}`)),
  });
  const host = new StageHost([stage], {
    ...{ log, clock, actor: 'rollout-svc', resendMs: 1_000 },
    ask: () => Promise.resolve(undefined),
    urls: () => Promise.resolve({}),
    connected: () => true,
    logger: { log: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await host.start([UPGRADE]);
  return { log, host, append };
};

const drainFailed = (nodeId: string): Answer => ({
  ...{ clusterId: 'demo', nodeId, verb: 'drain', stage: 'rollout', upgradeId: UPGRADE, upgradeNo: 1 },
  ...{ instance: `${UPGRADE}_${nodeId}`, attempt: 1, epoch: EPOCH, bootId: 'b', runId: 'r', status: 'failed' },
});

describe('lanes that all stall at once', () => {
  it('INV-22 N-18 are all on record at once, none in the way of another', async () => {
    const { log, host } = await inParallel();
    let appends = 0;
    const append = log.append.bind(log);
    log.append = (one) => {
      appends += 1;
      return append(one);
    };
    await Promise.all(NODES.map((nodeId) => host.report(drainFailed(nodeId))));
    const told = await log.read({ streams: [`rollout-${UPGRADE}`] });
    expect(told.filter(({ type }) => type === 'RolloutStalled')).toHaveLength(NODES.length);
    expect(appends).toBe(NODES.length);
  });

  it('INV-22 hold back a grant that was decided before one of them was heard of', async () => {
    const { log, host, append } = await inParallel();
    const evicted = await append(`upgrade-${UPGRADE}`, 'EvictRequested', { nodeId: 'n1', confirmedDown: true });
    const straight = log.append.bind(log);
    log.append = async (one) => {
      log.append = straight;
      await append(`rollout-${UPGRADE}`, 'RolloutStalled', { lane: 'n2', wave: 1, scope: 'upgrade' });
      return straight(one);
    };
    await host.react(evicted);
    const lane = await log.read({ streams: [`lane-${UPGRADE}_n1`] });
    expect(lane.map(({ type }) => type)).toEqual(['LaneOpened', 'TokenGranted', 'HolderEvicted']);
  });
});

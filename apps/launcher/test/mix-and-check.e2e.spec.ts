import type { UpgradeStatus } from '@baton/contracts';
import { eventually, renamed } from '@baton/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clients, diskOf, NEW, NEXT, OLD, simulatedNodes, System, Trial, WITHIN_MS } from './support/index.js';

const CLUSTERS = ['mixed', 'refused'];
const NODE_IDS = ['n1', 'n2', 'n3', 'n4'];
const EXAMPLE = fileURLToPath(new URL('../../../examples/subscribe.mjs', import.meta.url));
/** So many requests are more than were under way when a mix began. */
const SERVED = 20;

let system: System;
let nats: NatsConnection;
const commands: string[] = [];
beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map((clusterId) => `${clusterId}:4`).join(',') });
  nats = await connect({ servers: system.stack.natsUrl });
  nats.subscribe('baton.v1.cmd.>', { callback: (_, { subject }) => void commands.push(subject) });
  await Promise.all(CLUSTERS.map((clusterId) => system.api.cluster(clusterId, NODE_IDS.length)));
  for (const version of [NEW, NEXT]) await system.api.release(version);
}, 2 * WITHIN_MS);
afterAll(async () => {
  await nats?.close();
  await system?.stop();
}, WITHIN_MS);

/** The example as a reader starts it; its lines, and how to end it as a reader does. */
const subscribe = (upgradeId: string, after = 0) => {
  const child = spawn(process.execPath, [EXAMPLE, upgradeId, 'mixed'], {
    env: { ...process.env, NATS_URL: system.stack.natsUrl, AFTER: String(after) },
  });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said.text += String(data)));
  const ended = once(child, 'exit');
  return {
    shows: (what: string) => eventually(`the example shows ${what}`, () => said.text.includes(what), WITHIN_MS),
    stop: async () => {
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      return said.text.trimEnd().split('\n');
    },
  };
};

const versionsAt = async (trial: Trial, positions: readonly number[]) =>
  Promise.all(
    positions.map(async (position) => (await system.api.status(trial.upgradeId, `?at=${position}`)).versions),
  );

describe('four nodes from one version to the next', () => {
  const hangs = { at: 'boot', kind: 'hang' };
  let trial: Trial;
  let live: readonly string[] = [];
  /** While the next node hangs: what the status said, and how clients fared in it. */
  const mixes: { readonly versions: UpgradeStatus['versions']; readonly failed: number }[] = [];

  beforeAll(async () => {
    const clients = new Clients(system, 'mixed');
    await clients.start();
    const faults = Object.fromEntries(NODE_IDS.slice(1).map((nodeId) => [nodeId, hangs]));
    trial = await Trial.start(system, 'mixed', faults, { strategy: renamed('nutanix-aos') });
    const example = subscribe(trial.upgradeId);
    const look = async () => {
      const before = clients.counts.sent;
      await eventually('clients are served', () => clients.counts.sent >= before + SERVED, WITHIN_MS);
      const { versions } = await system.api.status(trial.upgradeId);
      mixes.push({ versions, failed: clients.counts.failed });
    };
    for (const nodeId of NODE_IDS.slice(1)) {
      const { position } = await trial.seen('HolderActivated', nodeId);
      await system.api.status(trial.upgradeId, `?after=${position}`);
      await look();
      await trial.heal(nodeId);
    }
    await trial.completes();
    await look();
    await clients.stop();
    await example.shows('UpgradeReleased');
    live = await example.stop();
  }, 3 * WITHIN_MS);

  const steps = [{ [NEW]: 1, [OLD]: 3 }, { [NEW]: 2, [OLD]: 2 }, { [NEW]: 3, [OLD]: 1 }, { [NEW]: 4 }];

  it('go through 1/3, 2/2, 3/1 and 4/0, and no request fails in any of these (N-17, N-20)', () => {
    expect(mixes).toEqual(steps.map((versions) => ({ versions, failed: 0 })));
  });

  it('show each of these steps in the status of the past (N-20)', async () => {
    const returned = (await trial.logged('TokenReturned')).map(({ position }) => position);
    expect(await versionsAt(trial, returned)).toEqual(steps);
  });

  it('are followed live by the example for subscribers, and replayed by it from the first event or from any', async () => {
    const logged = (await trial.logged()).map(({ position, type }) => `${position} ${type}`);
    const told = (lines: readonly string[]) =>
      lines.map((line) => /^ *(\d+) +\S+ +(\w+)/.exec(line)?.slice(1, 3).join(' ') ?? line);
    expect(told(live)).toEqual(logged);
    for (const skipped of [0, 10]) {
      const [last] = (await trial.logged()).slice(skipped - 1, skipped);
      const replay = subscribe(trial.upgradeId, skipped === 0 ? 0 : last?.position);
      await replay.shows('UpgradeReleased');
      expect(await replay.stop()).toEqual(live.slice(skipped));
    }
  });
});

/** What nodes keep of artifacts: partitions by their content, and the copies that they serve. */
const kept = () =>
  NODE_IDS.map((nodeId) => {
    const disk = diskOf(system, 'refused', nodeId);
    const image = (name: string) => {
      const path = join(disk, name, 'image');
      return existsSync(path) ? readFileSync(path).length : undefined;
    };
    const manifest = (name: string) => {
      const path = join(disk, name, 'manifest.json');
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    };
    return { nodeId, store: existsSync(join(disk, 'store')), images: ['A', 'B'].map((n) => [image(n), manifest(n)]) };
  });

describe('a check that fails', () => {
  it(
    'blocks: no byte goes to a node and no node changes, until the cause is mended and it is resumed (N-02, N-05)',
    async () => {
      const [before, machines] = [kept(), await simulatedNodes(system, 'refused')];
      const closed = { n2: { at: 'probe', kind: 'unreachable' } };
      await system.api.strategy('wary', 'patient', () => ({ checks: { connectivity: 'error' } }));
      const trial = await Trial.start(system, 'refused', closed, { strategy: 'wary' });
      await system.api.reaches(trial.upgradeId, 'blocked');
      const { waiting, next } = await system.api.explain(trial.upgradeId);
      const found = waiting.find(({ nodeId }) => nodeId === 'n1');
      expect(found).toMatchObject({ kind: 'check-failed', what: expect.stringContaining('n1 to n2') });
      expect(found?.remedy).toMatch(/both ends/);
      expect(found?.unblock).toEqual(expect.arrayContaining(['resume', 'abort']));
      expect(next).toContain(`POST /v1/upgrades/${trial.upgradeId}/resume`);
      const [shown] = (await trial.logged()).filter(({ position }) => position === found?.evidence[0]);
      expect(shown).toMatchObject({ type: 'CheckFailed', data: { check: 'connectivity', nodeId: 'n1' } });

      const verbs = new Set(commands.filter((s) => s.startsWith('baton.v1.cmd.refused.')).map((s) => s.split('.')[5]));
      expect([...verbs].toSorted()).toEqual(['inspect', 'probe']);
      const streams = new Set((await trial.logged()).map(({ stream }) => stream.split('-')[0]));
      expect([...streams].toSorted()).toEqual(['cluster', 'precheck', 'upgrade']);
      expect(kept()).toEqual(before);
      const boots = (all: typeof machines) => all.map(({ nodeId, bootId }) => `${nodeId} ${bootId}`).toSorted();
      expect(boots(await simulatedNodes(system, 'refused'))).toEqual(boots(machines));

      await trial.heal('n2');
      await trial.command('resume');
      await trial.completes();
      expect(kept()).not.toEqual(before);
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

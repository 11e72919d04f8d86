import { connect } from '@nats-io/transport-node';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskOf, judge, loggedOf, System, WITHIN_MS } from './support/index.js';

const NODES = 4;
const NODE_IDS = Array.from({ length: NODES }, (_, index) => `n${index + 1}`);
// Words that nothing else in an event, a command or a file would have by chance.
const CLUSTERS = [
  { clusterId: 'redwood', version: '1.1.0' },
  { clusterId: 'bluebird', version: '1.2.0' },
];

interface Upgraded {
  readonly clusterId: string;
  readonly version: string;
  readonly upgradeId: string;
  readonly sha256: string;
}

let system: System;
let upgraded: readonly Upgraded[] = [];
let running: Readonly<Record<string, readonly string[]>> = {};
const messages: { readonly subject: string; readonly text: string }[] = [];

/** By a program that is not ours. */
const sha256sum = (...files: readonly string[]): readonly string[] =>
  execFileSync('sha256sum', files, { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(0, 64));

const images = (clusterId: string, partition: 'A' | 'B'): readonly string[] =>
  sha256sum(...NODE_IDS.map((nodeId) => join(diskOf(system, clusterId, nodeId), partition, 'image')));

beforeAll(async () => {
  system = await System.start({ clusters: CLUSTERS.map(({ clusterId }) => `${clusterId}:${NODES}`).join(',') });
  const { api, stack } = system;
  const nc = await connect({ servers: stack.natsUrl });
  const listen = (subject: string): unknown =>
    nc.subscribe(subject, {
      callback: (_, message) => void messages.push({ subject: message.subject, text: message.string() }),
    });
  for (const subject of ['baton.v1.cmd.>', 'baton.v1.rpt.>', 'baton.v1.hb.>', 'baton.v1.ask.>']) listen(subject);
  await nc.flush();
  await Promise.all(CLUSTERS.map(({ clusterId }) => api.cluster(clusterId, NODES)));
  running = Object.fromEntries(CLUSTERS.map(({ clusterId }) => [clusterId, images(clusterId, 'A')]));

  const digests = await Promise.all(CLUSTERS.map(({ version }) => api.release(version)));
  const ids = await Promise.all(CLUSTERS.map(({ clusterId, version }) => api.upgrade(clusterId, { to: version })));
  upgraded = CLUSTERS.map((cluster, index) => ({
    ...cluster,
    upgradeId: ids[index] ?? '',
    sha256: digests[index] ?? '',
  }));
  await Promise.all(ids.map((upgradeId) => api.reaches(upgradeId, 'completed')));
  await nc.close();
}, 3 * WITHIN_MS);
afterAll(() => system?.stop(), WITHIN_MS);

/** Each cluster with the words of the other. */
const withOthers = () =>
  upgraded.map((own, index) => {
    const other = upgraded[1 - index] as Upgraded;
    return { own, ids: [other.clusterId, other.upgradeId], words: [other.clusterId, other.upgradeId, other.sha256] };
  });

const textsWith = (texts: readonly string[], words: readonly string[]): readonly string[] =>
  texts.filter((text) => words.some((word) => text.includes(word)));

describe('two clusters that are upgraded at the same time', () => {
  it('were under way together', async () => {
    const [first = [], second = []] = await Promise.all(upgraded.map(({ upgradeId }) => loggedOf(system, upgradeId)));
    expect(first[0]?.position).toBeLessThan(second.at(-1)?.position ?? 0);
    expect(second[0]?.position).toBeLessThan(first.at(-1)?.position ?? 0);
  });

  it('have no word of the other in their events', async () => {
    // Releases are of no cluster: the catalogue that prechecks look at has those of all.
    const log = await system.api.events();
    for (const { own, ids } of withOthers()) {
      const texts = log.filter(({ cluster }) => cluster === own.clusterId).map((event) => JSON.stringify(event));
      expect(texts.length).toBeGreaterThan(40);
      expect(textsWith(texts, ids)).toEqual([]);
      expect(log.filter(({ upgrade }) => upgrade === own.upgradeId).every((e) => e.cluster === own.clusterId)).toBe(
        true,
      );
    }
  });

  it('have no word of the other in commands, reports, heartbeats and questions of their nodes', () => {
    for (const { own, words } of withOthers()) {
      const texts = messages
        .filter(({ subject }) => subject.split('.')[3] === own.clusterId)
        .map(({ subject, text }) => `${subject} ${text}`);
      for (const kind of ['cmd', 'rpt', 'hb', 'ask']) {
        expect(texts.some((text) => text.startsWith(`baton.v1.${kind}.`))).toBe(true);
      }
      expect(textsWith(texts, words)).toEqual([]);
    }
  });

  it('have no word of the other in the files of their nodes', () => {
    for (const { own, words } of withOthers()) {
      // grep ends with 1 when it finds nothing.
      const patterns = words.flatMap((word) => ['-e', word]);
      const folder = join(system.folder, 'nodes', own.clusterId);
      const found = () => execFileSync('grep', ['-rlaF', ...patterns, folder], { encoding: 'utf8' });
      expect(found).toThrow(expect.objectContaining({ status: 1 }));
      expect(execFileSync('grep', ['-rlaF', own.sha256, folder], { encoding: 'utf8' })).toContain('n1/journal.jsonl');
    }
  });
});

describe('partitions after an upgrade, by sha256sum', () => {
  it('hold the bytes that the gateway gives out, on every node (N-10, INV-19)', async () => {
    for (const { clusterId, sha256 } of upgraded) {
      const file = join(system.folder, `artifact-of-${clusterId}`);
      const response = await fetch(`${system.stack.gatewayUrl}/v1/artifacts/${sha256}`);
      writeFileSync(file, Buffer.from(await response.arrayBuffer()));
      expect(sha256sum(file)).toEqual([sha256]);
      expect(images(clusterId, 'B')).toEqual(NODE_IDS.map(() => sha256));
    }
    expect(upgraded[0]?.sha256).not.toBe(upgraded[1]?.sha256);
  });

  it('still hold the old version whole beside it (N-12, INV-17)', () => {
    for (const { clusterId } of upgraded) expect(images(clusterId, 'A')).toEqual(running[clusterId]);
  });

  it('are as the statuses say, in a history in which nothing is wrong (INV-10, INV-20)', async () => {
    for (const { upgradeId, version } of upgraded) {
      const { nodes } = await system.api.status(upgradeId);
      expect(nodes.map(({ active, layers }) => [active, layers['software']])).toEqual(
        NODE_IDS.map(() => ['B', version]),
      );
    }
    expect(await judge(system)).toMatchObject({ status: 0 });
  });
});

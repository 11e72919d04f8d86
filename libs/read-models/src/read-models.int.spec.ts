import { eventually } from '@baton/testing';
import { readDatabase, type ReadDatabase } from '../test/read-database.js';
import { beginning, CLUSTER, nodeIds, tell, upgradeId, upgradeStory } from '../test/story.js';
import { foldStatus, toStatus, type UpgradeView } from '@baton/domain';
import { ReadModelsNotReadyError } from './tables/serving.js';

const NODES = nodeIds(4);

describe('the read models', () => {
  let database: ReadDatabase;
  beforeEach(async () => {
    database = await readDatabase();
  });
  afterEach(() => database.close());

  it('say that they are not ready before anybody has filled them', async () => {
    const { reads, projectionUrl } = database;
    expect(projectionUrl).toContain('baton_projection');
    await expect(reads.waitFor(1, 20)).resolves.toBe(false);
    const runner = database.runner();
    await eventually('an empty generation serves', async () => {
      const answer = await reads.getStatus('u1').catch((error: unknown) => error);
      return !(answer instanceof Error);
    });
    await expect(reads.getStatus('u1')).resolves.toBeUndefined();
    // It would begin to serve again.
    await runner.stop();
    await database.admin.query('UPDATE read.checkpoint SET serving = false');
    await expect(reads.getCluster(CLUSTER)).rejects.toThrow(ReadModelsNotReadyError);
    await expect(reads.getStatus('u1')).rejects.toThrow(ReadModelsNotReadyError);
  });

  it('keep the status of a large cluster for as long as nothing is folded into it', async () => {
    const { log, reads } = database;
    const many = nodeIds(250);
    await tell(log, beginning(many));
    const story = upgradeStory(1, many);
    database.runner();
    const at = async (position: number) => {
      await expect(reads.waitFor(position, 10_000)).resolves.toBe(true);
      return reads.getStatus(upgradeId(1));
    };
    const first = await at(await tell(log, story.slice(0, 4)));
    expect(first?.nodes).toHaveLength(250);
    expect(await reads.getStatus(upgradeId(1))).toBe(first);
    const last = await at(await tell(log, story.slice(4, 6)));
    expect(last?.position).toBeGreaterThan(first?.position ?? 0);
    expect(last).toEqual(await reads.statusAt(upgradeId(1), last?.position ?? 0));
  });

  it('answer who is there, what runs, and what may be installed', async () => {
    const { log, reads } = database;
    await tell(log, beginning(NODES));
    const [first, second] = [upgradeStory(1, NODES), upgradeStory(2, NODES)];
    await tell(log, first);
    const position = await tell(log, second.slice(0, 4));
    database.runner();
    await expect(reads.waitFor(position, 10_000)).resolves.toBe(true);

    await expect(reads.getCluster(CLUSTER)).resolves.toMatchObject({
      ...{ clusterId: CLUSTER, title: 'Demo', config: {}, nodes: 4 },
      active: { upgradeId: upgradeId(2), upgradeNo: 2, by: 'operator:ada' },
    });
    await expect(reads.getCluster('other')).resolves.toBeUndefined();
    const clusters = await reads.listClusters({ limit: 5 });
    expect(clusters.items.map(({ clusterId }) => clusterId)).toEqual([CLUSTER]);

    const firstPage = await reads.listNodes(CLUSTER, { limit: 3 });
    expect(firstPage).toMatchObject({ items: [{ nodeId: 'n1', status: 'member' }, {}, {}], next: 'n3' });
    expect(firstPage.items[0]?.layers).toEqual({ software: { current: '1.0.0', target: '1.1.0', rollback: false } });
    const lastPage = await reads.listNodes(CLUSTER, { limit: 3, after: firstPage.next });
    expect(lastPage.items.map(({ nodeId }) => nodeId)).toEqual(['n4']);
    expect(lastPage.next).toBeUndefined();

    await expect(reads.getRelease('1.1.0')).resolves.toMatchObject({ version: '1.1.0', uploaded: true });
    await expect(reads.getRelease('9.9.9')).resolves.toBeUndefined();
    await expect(reads.listReleases({ limit: 1 })).resolves.toMatchObject({ items: [{ version: '1.1.0' }] });

    const upgrades = await reads.listUpgrades({ limit: 1 });
    expect(upgrades).toMatchObject({ items: [{ upgradeNo: 2, state: 'prechecking' }], next: upgradeId(2) });
    const older = await reads.listUpgrades({ limit: 1, after: upgrades.next, clusterId: CLUSTER });
    expect(older.items[0]).toMatchObject({ upgradeNo: 1, state: 'completed', versions: { '1.1.0': 4 } });
    expect(older.next).toBeUndefined();
    const completed = await reads.listUpgrades({ limit: 9, state: 'completed' });
    expect(completed.items.map(({ upgradeNo }) => upgradeNo)).toEqual([1]);
    await expect(reads.listUpgrades({ limit: 9, clusterId: 'other' })).resolves.toEqual({ items: [] });
  });

  it('INV-10: show at every position what the log says, live and by looking back', async () => {
    const { log, reads } = database;
    const runner = database.runner(5);
    await tell(log, beginning(NODES));
    const seen: { readonly position: number; readonly text: string }[] = [];
    for (const chapter of upgradeStory(1, NODES)) {
      const position = await tell(log, [chapter]);
      runner.wake();
      expect(await reads.waitFor(position, 10_000)).toBe(true);
      const status = await reads.getStatus(upgradeId(1));
      seen.push({ position, text: JSON.stringify(status) });
    }
    for (const { position, text } of seen) {
      expect(JSON.parse(JSON.stringify(await reads.statusAt(upgradeId(1), position)))).toEqual(JSON.parse(text));
    }
    let view: UpgradeView | undefined;
    for (const event of await log.read({ upgrade: upgradeId(1) })) {
      view = foldStatus(view, event);
      expect(await reads.statusAt(upgradeId(1), event.position)).toEqual(view && toStatus(view));
    }
    await expect(reads.statusAt(upgradeId(1), 1)).resolves.toBeUndefined();
  });

  it('look back to a moment as well as to a position', async () => {
    const { log, reads } = database;
    const story = upgradeStory(1, NODES);
    await tell(log, beginning(NODES));
    await tell(log, story);
    const events = await log.read({ upgrade: upgradeId(1) });
    const middle = events[Math.floor(events.length / 2)]!;
    const until = events.filter(({ recordedAt }) => recordedAt <= middle.recordedAt);
    const status = await reads.statusAt(upgradeId(1), middle.recordedAt);
    expect(status?.position).toBe(until.at(-1)?.position);
    await expect(reads.statusAt(upgradeId(1), '2020-01-01T00:00:00.000Z')).resolves.toBeUndefined();
    const late = await reads.statusAt(upgradeId(1), '2999-01-01T00:00:00+02:00');
    expect(late?.state).toBe('completed');
  });
});

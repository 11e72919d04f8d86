import { ReadModelRunner } from '@baton/read-models';
import { setTimeout as wait } from 'node:timers/promises';
import { interleaved, type Bench, type Database, type Measure } from '../bench.js';
import { foldCopy, foldPages } from '../floors/read-log.js';
import { Recorder } from '../history/record.js';
import { clusterMade, nodeIds, prepared, rolledOut, upgradeIdOf, type Terms } from '../history/upgrade.js';
import { atLeast, atLeastTimes, compared } from '../row.js';
import { withClient } from '../servers/postgres.js';

const NODES = 20;
const SIDE_BY_SIDE = 32;
const quiet = { log: (): void => undefined, warn: (): void => undefined };

/** G4: how quickly the read models are filled again from a log of whole upgrades. */
export const measureRebuild: Measure = async (bench) => {
  const database = await bench.postgres.database('g4');
  await fill(bench, database);
  await withClient(database.adminUrl, (admin) => admin.query('VACUUM ANALYZE baton.event'));
  const runner = new ReadModelRunner({ databaseUrl: database.urlOf('baton_projection'), logger: quiet }).start();
  const { generation } = await runner.rebuild();
  await untilServing(runner, generation);
  const events = runner.state().position;

  const rate = (work: () => Promise<unknown>) => async (): Promise<number> => {
    const began = performance.now();
    await work();
    return (events / (performance.now() - began)) * 1000;
  };
  const rates = await interleaved(bench, `G4 rebuild from ${events} events`, {
    pages: rate(() => foldPages(database.adminUrl)),
    copy: rate(() => foldCopy(database.adminUrl)),
    ours: rate(async () => untilServing(runner, (await runner.rebuild()).generation)),
  });
  await runner.stop();
  const about = { goal: 'G4', what: `rebuild from ${events.toLocaleString('en')} events`, unit: '/s' };
  return [
    compared({ ...about, against: 'a bare fold of slim pages' }, rates.ours, rates.pages, {
      must: atLeast(100_000),
      stretch: atLeast(285_000),
    }),
    compared({ ...about, against: 'COPY and JSON.parse' }, rates.ours, rates.copy, { stretch: atLeastTimes(0.4) }),
  ];
};

const untilServing = async (runner: ReadModelRunner, generation: number): Promise<void> => {
  while ((runner.state().generation ?? 0) < generation) await wait(2);
};

const fill = async ({ options, say }: Bench, database: Database): Promise<void> => {
  const termsOf = (number: number): Terms => ({
    ...{ cluster: `c-${number % 50}`, upgradeId: upgradeIdOf(number), nodes: nodeIds(NODES) },
  });
  const story = (terms: Terms) => [...prepared(terms), ...rolledOut(terms)];
  const perUpgrade = story(termsOf(0)).reduce((sum, { events }) => sum + events.length, 0);
  const upgrades = Math.ceil(options.events / perUpgrade);
  say(`G4 records ${upgrades} upgrades of ${perUpgrade} events`);
  const recorder = new Recorder(database, 'g4');
  for (let cluster = 0; cluster < Math.min(50, upgrades); cluster++)
    await recorder.record(clusterMade(termsOf(cluster)));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < upgrades) await recorder.record(story(termsOf(next++)));
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  await recorder.close();
};

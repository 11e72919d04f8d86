import { Clients, judge, System, Watch } from './support/index.js';

let system: System;
beforeAll(async () => {
  system = await System.start({
    clusters: 'lab:12,trio:12:3',
    simulators: [{ BATON_SIMULATOR_NODES: 'lab:1-6,trio:1-6' }, { BATON_SIMULATOR_NODES: 'lab:7-12,trio:7-12' }],
  });
}, 90_000);
afterAll(() => system?.stop(), 60_000);
it('smoke', async () => {
  const t = (s: string) => console.log(s, performance.now());
  await Promise.all([system.api.cluster('lab', 12), system.api.cluster('trio', 12)]);
  await system.api.release('1.1.0');
  for (const c of ['lab', 'trio']) {
    const clients = new Clients(system, c);
    await clients.start();
    t('start');
    const u = await system.api.upgrade(c, { to: '1.1.0' });
    const watch = new Watch(system.stack.gatewayUrl, u);
    for (const type of ['DistributionCompleted', 'StagingCompleted', 'RolloutCompleted', 'UpgradeCompleted']) {
      await watch.untilType(type);
      t(type);
    }
    await system.api.reaches(u, 'completed');
    console.log(
      await clients.stop(),
      watch.events.filter((e) => e.type === 'SeedsChosen').map((e) => JSON.stringify(e.data)),
    );
    await watch.close();
  }
  console.log(await judge(system));
  t('judged');
}, 120_000);

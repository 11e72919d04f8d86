import { InMemoryEventLog } from '@baton/event-log';
import { openUpgrades } from './open-upgrades.js';

const admit = (log: InMemoryEventLog, type: string) =>
  log.append({
    ...{ commandId: type, cluster: 'demo', upgrade: 'u1' },
    meta: { actor: 'test', correlationId: 'c', causationId: 'c' },
    writes: [{ stream: 'cluster-demo', expectedVersion: 'any', events: [{ type, data: { upgradeId: 'u1' } }] }],
  });

describe('what a service that starts goes on with', () => {
  it('is each upgrade that holds its cluster, from its admission on', async () => {
    const log = new InMemoryEventLog();
    await admit(log, 'ClusterCreated');
    await admit(log, 'UpgradeAdmitted');
    expect(await openUpgrades(log, 0)).toEqual({ ids: ['u1'], startAfter: 1 });
    await admit(log, 'UpgradeReleased');
    expect(await openUpgrades(log, 0)).toEqual({ ids: [], startAfter: 3 });
  });

  it('leaves what is admitted while it looks to the deliveries that it takes', async () => {
    const log = new InMemoryEventLog();
    const read = log.read.bind(log);
    log.read = async (query) => {
      const page = await read(query);
      await admit(log, 'UpgradeAdmitted');
      return page;
    };
    expect(await openUpgrades(log, 0)).toEqual({ ids: [], startAfter: 0 });
  });
});

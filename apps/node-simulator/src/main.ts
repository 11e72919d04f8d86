import { connectBus, ensureTopology } from '@baton/bus';
import { createLogger, readSettings, runService } from '@baton/platform';
import { busWire } from './bus-wire.js';
import { populate } from './population.js';
import { simulatorSettings } from './settings.js';
import { Simulator } from './simulator.js';

const logger = createLogger('node-simulator');

await runService(logger, async () => {
  const settings = readSettings(simulatorSettings);
  const { bootMs, stageMs, drainMs, version, transfers } = settings;
  const { hypervisorVersion: hypervisor, imageVersion: image, kernelVersion: kernel } = settings;
  const bus = await connectBus({ servers: settings.natsUrl, name: 'node-simulator' });
  await ensureTopology(bus.nc);
  const simulator = await Simulator.start({
    ...settings,
    residents: populate(settings.clusters, settings.nodes, settings.labels, settings.workloads, settings.declared),
    paces: { bootMs, stageMs, drainMs },
    layers: {
      ...{ software: version, hypervisor },
      ...(image !== undefined && { image }),
      ...(kernel !== undefined && { kernel }),
    },
    transfersMax: transfers,
    wire: (clusterId, nodeId) => busWire(bus, clusterId, nodeId),
    isReady: () => {
      if (!bus.isConnected()) throw new Error(`no connection to nats-server at ${settings.natsUrl}`);
    },
  });
  return {
    ports: { http: simulator.port },
    close: async () => {
      await simulator.stop();
      await bus.close();
    },
  };
});

// rollout-svc without Nest and without deliveries from JetStream: the stages of rollout and lane in their host.
import { askNode, connectBus, ensureTopology, serveConfirm } from '@baton/bus';
import { isQuestion, type EventLog, type RolloutEvent } from '@baton/contracts';
import { confirmHolder, laneGuards, laneStage, rolloutStage, type LaneContext, type LaneState } from '@baton/domain';
import { PostgresEventLog } from '@baton/event-log';
import type { Recorded } from '@baton/kernel';
import { StageHost, hosted, openUpgrades, systemClock } from '@baton/stage-host';
import { tellParent } from './child.js';

/** How long after its imports a process sent its first order to a node, in milliseconds. */
export interface FirstOrder {
  readonly type: 'first-order';
  readonly ms: number;
}

/** The parent has prepared an upgrade. */
export interface Begin {
  readonly upgradeId: string;
}

const importsDone = performance.now();
const SERVICE = 'rollout-svc';
const quiet = { log: (): void => undefined, warn: console.error, error: console.error };

const lanesOf = async (log: EventLog, upgradeId: string): Promise<readonly string[]> => {
  const events = await log.read({ streams: [`rollout-${upgradeId}`] });
  const lanes = events.flatMap((recorded) => {
    const event = recorded as Recorded & RolloutEvent;
    return event.type === 'WaveStarted' ? event.data.lanes : [];
  });
  return [...new Set(lanes)].map((lane) => `${upgradeId}_${lane}`);
};

const bus = await connectBus({ servers: process.env['NATS_URL'] ?? '', name: SERVICE });
await ensureTopology(bus.nc);
const log = await PostgresEventLog.open({
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  onAppended: () => bus.wake(),
});
let hasOrdered = false;
const host = new StageHost(
  [
    // First what has orders to send: a start reads stage by stage.
    hosted(laneStage, { guards: laneGuards, instances: (upgradeId) => lanesOf(log, upgradeId) }),
    hosted(rolloutStage, { guards: ['upgrade'] }),
  ],
  {
    log,
    ask: (command) => {
      if (!hasOrdered && !isQuestion(command.verb)) {
        hasOrdered = true;
        tellParent({ type: 'first-order', ms: performance.now() - importsDone } satisfies FirstOrder);
      }
      return askNode(bus, command);
    },
    urls: async () => ({}),
    connected: () => bus.isConnected(),
    ...{ clock: systemClock, logger: quiet, actor: SERVICE, resendMs: 1_000 },
  },
);
serveConfirm(bus, async (ask) => {
  const { state, context } = await host.consult('lane', ask.instance);
  return confirmHolder(state as LaneState, context as LaneContext, ask);
});
const { ids } = await openUpgrades(log, systemClock.now());
await host.start(ids);
process.on('message', ({ upgradeId }: Begin) => void host.start([upgradeId]));
process.on('disconnect', () => process.exit(0));
tellParent({ type: 'ready', ports: {} });

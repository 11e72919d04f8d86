import 'reflect-metadata';
import { followHeartbeats, serveConfirm } from '@baton/bus';
import type { EventLog, RolloutEvent } from '@baton/contracts';
import { confirmHolder, laneGuards, laneStage, rolloutStage, type LaneContext, type LaneState } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { hosted, runStageService } from '@baton/stage-host';

/** The lanes of an upgrade, as its waves opened them. */
const lanesOf = async (log: EventLog, upgradeId: string): Promise<readonly string[]> => {
  const events = await log.read({ streams: [`rollout-${upgradeId}`] });
  const lanes = events.flatMap((recorded) => {
    const event = recorded as Recorded & RolloutEvent;
    return event.type === 'WaveStarted' ? event.data.lanes : [];
  });
  return [...new Set(lanes)].map((lane) => `${upgradeId}_${lane}`);
};

await runStageService({
  name: 'rollout-svc',
  stages: (log) =>
    Promise.resolve([
      // First what has orders to send: a start reads stage by stage.
      hosted(laneStage, { guards: laneGuards, instances: (upgradeId) => lanesOf(log, upgradeId) }),
      hosted(rolloutStage, { guards: ['upgrade'] }),
    ]),
  events: ['upgrade', 'staging', 'rollout', 'lane'],
  reports: 'rollout',
  serve: (host, bus) => {
    followHeartbeats(bus, (heartbeat) => void host.noticed(heartbeat).catch(() => undefined));
    serveConfirm(bus, async (ask) => {
      // From the log, not from memory: another replica may have moved the token on.
      const { state, context } = await host.consult('lane', ask.instance);
      return confirmHolder(state as LaneState, context as LaneContext, ask);
    });
  },
});

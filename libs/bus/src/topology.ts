import { EVENTS_STREAM, EVENTS_SUBJECTS, REPORTS_STREAM, REPORTS_SUBJECTS } from '@baton/contracts';
import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** What was given up on for now: the last record of each message or stream that could not be handled. */
export const PARKED_STREAM = 'BATON_PARKED';
export const PARKED_SUBJECTS = 'baton.v1.parked.>';

const SECOND_NS = 1_000_000_000;
const WEEK_NS = 7 * 24 * 3_600 * SECOND_NS;
const NAME_IN_USE = 10058;

type Topology = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

const common = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  duplicate_window: 120 * SECOND_NS,
} as const;

/** Replicas are left to the server and its operator: what they set is kept. */
export const STREAMS: readonly Topology[] = [
  {
    ...common,
    name: EVENTS_STREAM,
    subjects: [EVENTS_SUBJECTS],
    // A full disk refuses what is new; what is there is never thinned out, for the sequence is the position.
    discard: DiscardPolicy.New,
    deny_delete: true,
    deny_purge: true,
    max_age: 0,
  },
  { ...common, name: REPORTS_STREAM, subjects: [REPORTS_SUBJECTS], discard: DiscardPolicy.Old, max_age: WEEK_NS },
  {
    ...common,
    name: PARKED_STREAM,
    subjects: [PARKED_SUBJECTS],
    discard: DiscardPolicy.Old,
    max_age: WEEK_NS,
    max_msgs_per_subject: 1,
  },
];

// A request that was under way when the server went down is never answered.
const ANSWER_MS = 2_000;

/** Without asking first whether JetStream is on: the request that follows tells. */
export const manager = (nc: NatsConnection): Promise<JetStreamManager> =>
  jetstreamManager(nc, { checkAPI: false, timeout: ANSWER_MS });

/** Makes the streams that are missing and brings the others up to date. To be called at each start and reconnect. */
export const ensureTopology = async (nc: NatsConnection): Promise<void> => {
  const { streams } = await manager(nc);
  for (const config of STREAMS) {
    try {
      await streams.add({ ...config });
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === NAME_IN_USE)) throw error;
      await streams.update(config.name, { ...config });
    }
  }
};

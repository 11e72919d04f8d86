import { categoryOf, instanceOf, type Recorded } from '@baton/kernel';
import type { StageName, Verb } from './node-protocol.js';

/** JetStream streams and the subjects they hold. */
export const EVENTS_STREAM = 'BATON_EVENTS';
export const REPORTS_STREAM = 'BATON_REPORTS';
export const EVENTS_SUBJECTS = 'baton.v1.evt.>';
export const REPORTS_SUBJECTS = 'baton.v1.rpt.>';

/** A version's dots would split a subject token. */
export const token = (text: string): string => text.replaceAll('.', '_');

export const eventSubject = (event: Pick<Recorded, 'cluster' | 'stream' | 'type'>): string =>
  `baton.v1.evt.${event.cluster}.${categoryOf(event.stream)}.${token(instanceOf(event.stream))}.${event.type}`;

/** Every event of a category, of one cluster or of all. */
export const categorySubject = (category: string, cluster = '*'): string => `baton.v1.evt.${cluster}.${category}.>`;

export const commandSubject = (cluster: string, node: string, verb: Verb): string =>
  `baton.v1.cmd.${cluster}.${node}.${verb}`;

export const reportSubject = (cluster: string, node: string, stage: StageName | 'membership', type: string): string =>
  `baton.v1.rpt.${cluster}.${node}.${stage}.${type}`;

/** The reports of every node for one stage. */
export const reportsSubject = (stage: StageName | 'membership'): string => `baton.v1.rpt.*.*.${stage}.>`;

export const confirmSubject = (cluster: string, node: string): string => `baton.v1.ask.${cluster}.${node}.confirm`;

export const heartbeatSubject = (cluster: string, node: string): string => `baton.v1.hb.${cluster}.${node}`;

/** A request to the projection service: fill the read models again. Any one replica answers with a RebuildReply. */
export const REBUILD_SUBJECT = 'baton.v1.ask.-.rebuild';
/** Which generation is being filled, and the head of the log up to which it is at least before it serves. */
export interface RebuildReply {
  readonly generation: number;
  readonly position: number;
}

/** Core NATS without a payload: somebody appended; the relay looks. Losing one costs at most a poll's delay. */
export const WAKE_SUBJECT = 'baton.v1.wake';

import type { EventLog } from '@baton/contracts';
import type { Reads } from '../ports.js';
import { Optional, PositionField } from './fields.js';
import { missing } from '../problems/problem.js';

/** Of every answer that comes from the read models. */
export class AfterQuery {
  @Optional()
  @PositionField({ required: false, description: 'Wait up to 5 s until this position was seen' })
  after?: string;
}

const WAIT_MS = 5_000;

/** Waits until the read models have seen this position, so that an answer shows what the caller has just written. */
export const seen = async (reads: Reads, { after }: AfterQuery): Promise<void> => {
  if (after === undefined || (await reads.waitFor(Number(after), WAIT_MS))) return;
  const detail = `Position ${after} was not seen within ${WAIT_MS / 1000} s. Ask again; GET /readyz says what is missing.`;
  throw missing('read-models-behind', detail, 'projection');
};

/**
 * What a read model has, or will have in a moment: an unknown thing is looked up in the log, so that whoever was told that
 * it is recorded is never told that it does not exist.
 */
export const found = async <T>(
  { log, reads, stream }: { readonly log: EventLog; readonly reads: Reads; readonly stream: string },
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const answer = await ask();
  if (answer !== undefined) return answer;
  const [first] = await log.read({ streams: [stream], limit: 1 });
  if (!first) return undefined;
  await seen(reads, { after: String(first.position) });
  return ask();
};

import type { Bus } from '@baton/bus';
import { REBUILD_SUBJECT, type RebuildReply } from '@baton/contracts';
import { missing } from '../problems/problem.js';

const ANSWER_WITHIN_MS = 5_000;

/** Has the projection service fill the read models again; resolves when it has begun. */
export const askRebuild = async (bus: Bus): Promise<RebuildReply> => {
  try {
    const reply = await bus.nc.request(REBUILD_SUBJECT, undefined, { timeout: ANSWER_WITHIN_MS });
    return reply.json<RebuildReply>();
  } catch (cause) {
    const why = (cause as Error).message;
    const detail = `The projection service does not answer (${why}). Start it and ask again; GET /readyz says more.`;
    throw missing('not-ready', detail, 'projection');
  }
};

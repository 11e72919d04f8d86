import type { EventLog } from '@baton/contracts';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HeadWatch } from './head-watch.js';
import { queryOf, type EventsAsked } from './send-events.js';

const PAGE = 200;
const HEARTBEAT_MS = 15_000;

/**
 * Writes events as server-sent events for as long as the caller listens. The log is read no further ahead than one page
 * that the caller has not taken yet, so a slow one costs a page of memory and nothing else.
 */
export const streamEvents = async (
  log: EventLog,
  watch: HeadWatch,
  response: ServerResponse,
  asked: EventsAsked & { readonly after: string },
): Promise<void> => {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still here\n\n');
  }, HEARTBEAT_MS);
  try {
    // Tells clients how soon to come back, and proxies that it has begun.
    response.write('retry: 1000\n\n');
    let after = Number(asked.after);
    while (!gone.signal.aborted && !watch.isClosed) {
      const head = await log.head();
      const page = await log.read({ ...queryOf(asked), after, upTo: head, limit: PAGE });
      for (const event of page) {
        const isTaken = response.write(`id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`);
        if (!isTaken) await once(response, 'drain', { signal: gone.signal });
      }
      // A page that is not full has shown everything up to the head, also where the filter left it all out.
      after = page.length < PAGE ? Math.max(after, head) : (page.at(-1)?.position ?? after);
      if (page.length < PAGE) await watch.past(after, gone.signal);
    }
  } catch (error) {
    // The caller may leave at any moment; anything else ends the stream, and the caller comes back with its last id.
    if (!gone.signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    // Ended when it was sent, so that whoever waits for the end knows that the caller has it all.
    if (!response.destroyed) {
      await new Promise<void>((resolve) => {
        response.on('close', resolve);
        response.end(resolve);
      });
    }
  }
};

import type { EventLog, LogQuery } from '@baton/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { pages } from '../intake/read-all.js';

const NDJSON = 'application/x-ndjson';

export interface EventsAsked {
  readonly after?: string;
  readonly limit?: number;
  readonly cluster?: string;
  readonly upgrade?: string;
}

/** Events as NDJSON when the caller accepts that, else one page of JSON whose Link header leads on. */
export const sendEvents = async (
  log: EventLog,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: EventsAsked,
): Promise<FastifyReply> => {
  if ((request.headers.accept ?? '').includes(NDJSON)) return sendNdjson(log, reply, asked);
  const limit = asked.limit ?? 100;
  const items = await log.read({ ...queryOf(asked), limit });
  const next = items.length === limit ? items.at(-1)?.position : undefined;
  if (next !== undefined) {
    const [path] = request.url.split('?', 1);
    void reply.header('link', `<${path}?after=${next}&limit=${limit}>; rel="next"`);
  }
  return reply.send({ items, ...(next !== undefined && { next: String(next) }) });
};

/** Everything up to the head of this moment, a line each; what is read ahead is bounded by what the caller takes. */
export const sendNdjson = async (log: EventLog, reply: FastifyReply, asked: EventsAsked): Promise<FastifyReply> => {
  const query = { ...queryOf(asked), upTo: await log.head() };
  return reply.header('content-type', NDJSON).send(Readable.from(lines(log, query), { highWaterMark: 2 }));
};

async function* lines(log: EventLog, query: LogQuery): AsyncGenerator<string> {
  for await (const page of pages(log, query)) yield page.map((event) => `${JSON.stringify(event)}\n`).join('');
}

export const queryOf = ({ after, cluster, upgrade }: EventsAsked): LogQuery => ({
  ...{ after: Number(after ?? 0) },
  ...(cluster !== undefined && { cluster }),
  ...(upgrade !== undefined && { upgrade }),
});

import type { EventLog } from '@baton/contracts';
import { Controller, Get, Inject, Logger, Query, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../problems/validation.js';
import { positionOf } from '../http/moment.js';
import { Answers } from '../openapi/answer.js';
import { LOG } from '../tokens.js';
import { LogQueryDto } from './events.dto.js';
import { HeadWatch } from './head-watch.js';
import { streamEvents } from './live-events.js';
import { sendNdjson } from './send-events.js';

const END_WITHIN_MS = 1_000;

@ApiTags('events')
@Controller('v1/events')
export class EventsController implements BeforeApplicationShutdown {
  private readonly streaming = new Set<Promise<void>>();
  private readonly logger = new Logger('events');

  constructor(
    @Inject(LOG) private readonly log: EventLog,
    private readonly watch: HeadWatch,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'exportEvents',
    summary: 'The whole log up to now as NDJSON, hashes included',
    description: 'A line for each event, in the order of their positions. The whole log can be verified and imported.',
  })
  @Answers('Event', { types: ['application/x-ndjson'], description: 'An event a line' })
  async list(@Query() query: LogQueryDto, @Res() reply: FastifyReply) {
    if (query.after !== undefined) await positionOf(this.log, 'after', query.after);
    return sendNdjson(this.log, reply, query);
  }

  @Get('stream')
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'The log live, by server-sent events; without a position it begins now',
    description:
      'The `id` of each is its position. It never ends, so this page waits for ever: use `curl -N`, or an EventSource, ' +
      'which comes back by itself where it was.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, example: '42', description: 'The position to go on after' })
  @Answers('Event', { types: ['text/event-stream'], description: 'Events as they are recorded' })
  async stream(@Query() query: LogQueryDto, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const after = String(await this.beginOf(request, query));
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    const streaming = streamEvents(this.log, this.watch, response, { ...query, after })
      .catch((error: Error) => this.logger.warn(`a live stream ended: ${error.message}`))
      .finally(() => this.streaming.delete(streaming));
    this.streaming.add(streaming);
  }

  private async beginOf(request: FastifyRequest, { after }: LogQueryDto): Promise<number> {
    const lastId = lastEventId(request);
    if (lastId !== undefined) return positionOf(this.log, 'last-event-id', lastId);
    return after === undefined ? this.log.head() : positionOf(this.log, 'after', after);
  }

  /** The watch has told all streams to end: those whose callers still listen end in order. */
  async beforeApplicationShutdown(): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, END_WITHIN_MS).unref());
    await Promise.race([Promise.all(this.streaming), timeout]);
  }
}

const lastEventId = (request: FastifyRequest): string | undefined => {
  const value = request.headers['last-event-id'];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return value;
  throw invalid([{ parameter: 'last-event-id', detail: 'must be a position of the log, a whole number' }]);
};

import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { CHUNK_BYTES } from '../transfer/source.js';
import { byteRange } from './byte-range.js';
import type { PeerClient } from './peer-client.js';

/** How long a peer that is asked to probe back tries; short, for its own asker waits meanwhile. */
const BACK_TIMEOUT_MS = 500;

/** A verified copy of an artifact on this machine. */
export interface Copy {
  readonly path: string;
  readonly size: number;
}

/** What a node answers to a probe. */
export interface ProbeAnswer {
  readonly nodeId: string;
  readonly hypervisorUp: boolean;
  /** Only when it was asked to probe back: whether it reached the asker. */
  readonly back?: 'ok' | 'unreachable';
}

export interface PeerEndpointOptions {
  readonly nodeId: string;
  readonly client: PeerClient;
  readonly findCopy: (sha256: string) => Promise<Copy | undefined>;
  readonly isHypervisorUp: () => boolean;
}

/** What a node serves to its peers: `artifacts/<sha256>` with ranges, and `probe`. */
export class PeerEndpoint {
  private readonly open = new Set<ServerResponse>();

  constructor(private readonly options: PeerEndpointOptions) {}

  /** `path` is what follows the node's own URL, with the query. */
  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open.add(response);
    response.once('close', () => this.open.delete(response));
    const url = new URL(`http://node${path}`);
    const sha256 = /^\/artifacts\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendJson(response, 405, { title: 'GET only' });
    if (sha256) return this.sendArtifact(sha256, request, response);
    if (url.pathname === '/probe') return this.answerProbe(url, response);
    return sendJson(response, 404, { title: 'Ask /artifacts/<sha256> or /probe.' });
  }

  /** Cuts off everybody: the machine goes down. */
  cut(): void {
    for (const response of this.open) response.destroy();
  }

  private async answerProbe({ searchParams }: URL, response: ServerResponse): Promise<void> {
    const { nodeId, isHypervisorUp } = this.options;
    const answer = { nodeId, hypervisorUp: isHypervisorUp() };
    const [asker, back] = [searchParams.get('asker'), searchParams.get('back')];
    if (asker === null || back === null) return sendJson(response, 200, answer satisfies ProbeAnswer);
    const isReached = await this.reaches(asker, back);
    return sendJson(response, 200, { ...answer, back: isReached ? 'ok' : 'unreachable' } satisfies ProbeAnswer);
  }

  /** Anybody may ask for this, so it looks at one path only, and says no more than whether the asker answers there. */
  private async reaches(asker: string, base: string): Promise<boolean> {
    const probe = probeUrlOf(base);
    if (!probe) return false;
    try {
      const answer = (await this.options.client.getJsonForPeer(probe, BACK_TIMEOUT_MS)) as ProbeAnswer;
      return answer.nodeId === asker;
    } catch {
      return false;
    }
  }

  private async sendArtifact(sha256: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const copy = await this.options.findCopy(sha256);
    if (!copy) return sendJson(response, 404, { title: 'This node has no such artifact.' });
    const range = byteRange(request.headers.range, copy.size);
    if (!range) {
      response.setHeader('content-range', `bytes */${copy.size}`);
      return sendJson(response, 416, { title: 'The range lies outside the artifact.' });
    }
    const { first, last } = range;
    const isPart = request.headers.range !== undefined && last - first + 1 < copy.size;
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': last - first + 1,
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
      ...(isPart && { 'content-range': `bytes ${first}-${last}/${copy.size}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    const bytes = createReadStream(copy.path, { start: first, end: last, highWaterMark: CHUNK_BYTES });
    // Who is cut off, or leaves, asks again.
    await pipeline(bytes, response).catch(() => undefined);
  }
}

/** Of a node's own URL, and of nothing else that a query could name. */
const probeUrlOf = (base: string): string | undefined => {
  if (!URL.canParse(base)) return undefined;
  const { protocol, origin, pathname, username, password, search, hash } = new URL(base);
  const isPlain = [username, password, search, hash].every((part) => part === '');
  return isPlain && /^https?:$/.test(protocol) ? `${origin}${pathname.replace(/\/$/, '')}/probe` : undefined;
};

const sendJson = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

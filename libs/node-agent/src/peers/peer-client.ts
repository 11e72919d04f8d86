import {
  Agent as HttpAgent,
  get as httpGet,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Slots } from '../transfer/slots.js';

const ANSWER_BYTES_MAX = 64 * 1024;
// A keep-alive connection may be closed by the other side just when it is used again.
const STALE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

export interface PeerClientOptions {
  /** Requests for small answers at a time; more wait, and their time-out begins when they are sent. */
  readonly requestsMax?: number;
  /** A download without a byte for so long is given up. */
  readonly idleMs?: number;
}

/** HTTP to other nodes and to the gateway; one for all agents of a process. */
export class PeerClient {
  private readonly agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  private readonly slots: Slots;
  private readonly slotsForPeers: Slots;
  private readonly slotsForPorts: Slots;
  private readonly idleMs: number;

  constructor({ requestsMax = 32, idleMs = 5_000 }: PeerClientOptions = {}) {
    this.slots = new Slots(requestsMax);
    this.slotsForPeers = new Slots(requestsMax);
    this.slotsForPorts = new Slots(requestsMax);
    this.idleMs = idleMs;
  }

  /** The JSON that a peer answers with; rejects with why there is none. */
  getJson(url: string, timeoutMs: number): Promise<unknown> {
    return this.slots.run(() => this.readJson(url, timeoutMs));
  }

  /** The same while a peer waits for it, whose question may come from this process and hold one of its requests. */
  getJsonForPeer(url: string, timeoutMs: number): Promise<unknown> {
    return this.slotsForPeers.run(() => this.readJson(url, timeoutMs));
  }

  /** The status that an URL answers with, whatever it is; rejects when there is no answer. */
  getStatus(url: string, timeoutMs: number): Promise<number> {
    return this.slots.run(() =>
      this.within(timeoutMs, async (signal) => {
        const response = await this.ask(url, signal);
        await readText(response);
        return response.statusCode ?? 0;
      }),
    );
  }

  /** The address to which a TCP connection opened, closed again at once; rejects with why none did. */
  connect(host: string, port: number, timeoutMs: number): Promise<string> {
    // Of their own: a port that nobody answers at holds its slot to the end, and peers must not wait for it.
    return this.slotsForPorts.run(() =>
      this.within(timeoutMs, async (signal) => {
        const socket = new Socket();
        try {
          socket.connect({ host, port, autoSelectFamilyAttemptTimeout: timeoutMs / 2 });
          await once(socket, 'connect', { signal });
          return socket.remoteAddress ?? host;
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          throw new Error(code ?? message, { cause: error });
        } finally {
          // What comes after it is closed is no news.
          socket.on('error', () => undefined).destroy();
        }
      }),
    );
  }

  /** The bytes of an artifact from an offset on. */
  async download(url: string, offset: number, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const headers = offset > 0 ? { range: `bytes=${offset}-` } : {};
    // A connection of its own: its time-out must not outlive it.
    const request = send(url, { agent: false, headers, signal });
    request.setTimeout(this.idleMs, () => request.destroy(new Error(`no byte came for ${this.idleMs} ms`)));
    const response = await responseTo(request);
    if (!isFrom(response, offset)) {
      response.destroy();
      throw new Error(`HTTP ${response.statusCode} in place of the bytes from ${offset} on`);
    }
    return response as AsyncIterable<Buffer>;
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private readJson(url: string, timeoutMs: number): Promise<unknown> {
    return this.within(timeoutMs, async (signal) => {
      const response = await this.ask(url, signal);
      const text = await readText(response);
      if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
      return JSON.parse(text) as unknown;
    });
  }

  private async within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await work(signal);
    } catch (error) {
      if (signal.aborted) throw new Error(`no answer within ${timeoutMs} ms`, { cause: error });
      throw error;
    }
  }

  private async ask(url: string, signal: AbortSignal): Promise<IncomingMessage> {
    const agent = url.startsWith('https:') ? this.agents.https : this.agents.http;
    for (;;) {
      const request = send(url, { agent, signal });
      try {
        return await responseTo(request);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (!request.reusedSocket || !STALE.has(code))
          throw new Error(code ?? (error as Error).message, { cause: error });
      }
    }
  }
}

const send = (url: string, options: RequestOptions): ClientRequest =>
  url.startsWith('https:') ? httpsGet(url, options) : httpGet(url, options);

const responseTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    // Later errors are those of the response.
    request.once('response', resolve).on('error', reject);
  });

const isFrom = ({ statusCode, headers }: IncomingMessage, offset: number): boolean => {
  if (offset === 0) return statusCode === 200;
  return statusCode === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${offset}-`);
};

const readText = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};

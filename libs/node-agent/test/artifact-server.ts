import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ArtifactRef } from '@baton/contracts';

export interface TestArtifact {
  readonly bytes: Buffer;
  readonly ref: ArtifactRef;
}

/** Bytes that nobody can guess, and what the services say of them. */
export const makeArtifact = (version: string, size = 256 * 1024): TestArtifact => {
  const bytes = randomBytes(size);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, ref: { version, layer: 'software', sha256, size } };
};

export interface Manners {
  /** Sends so many bytes of an answer, then cuts the connection; once, or each time. */
  readonly cutAfter?: { readonly bytes: number; readonly times: number };
  /** Keeps the connection open after so many bytes of an answer, and says no more. */
  readonly hangAfter?: number;
}

/** Serves bytes with ranges over real HTTP, with whatever manners a test wants. */
export class ArtifactServer {
  /** The `range` header of each request; undefined: from the beginning. */
  readonly ranges: (string | undefined)[] = [];
  private readonly server: Server;
  private cuts = 0;

  private constructor(
    readonly bytes: Buffer,
    private readonly manners: Manners,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  static async start(bytes: Buffer, manners: Manners = {}): Promise<ArtifactServer> {
    const started = new ArtifactServer(bytes, manners);
    started.server.listen(0, '127.0.0.1');
    await once(started.server, 'listening');
    return started;
  }

  /** Base URL, as of a node. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer({ headers: { range } }: IncomingMessage, response: ServerResponse): void {
    this.ranges.push(range);
    const first = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const rest = this.bytes.subarray(first);
    const last = this.bytes.length - 1;
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': rest.length,
      ...(range !== undefined && { 'content-range': `bytes ${first}-${last}/${this.bytes.length}` }),
    });
    const { cutAfter, hangAfter } = this.manners;
    if (hangAfter !== undefined) return void response.write(rest.subarray(0, hangAfter));
    if (!cutAfter || this.cuts >= cutAfter.times) return void response.end(rest);
    this.cuts += 1;
    response.write(rest.subarray(0, cutAfter.bytes), () => response.destroy());
  }
}

/** The same bytes but for one. */
export const corrupted = (bytes: Buffer): Buffer => {
  const wrong = Buffer.from(bytes);
  wrong[Math.floor(wrong.length / 2)]! ^= 1;
  return wrong;
};

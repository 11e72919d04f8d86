import { createReadStream } from 'node:fs';
import type { PeerClient } from '../peers/peer-client.js';

export const CHUNK_BYTES = 1024 * 1024;

/** Where an artifact can be had from. */
export interface Source {
  /** For people: a node or the gateway. */
  readonly name: string;
  /** Its bytes from an offset on; rejects, also in the middle, when it does not have them or is cut off. */
  open(offset: number, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
}

/** A copy on the machine itself. */
export const fileSource = (name: string, path: string): Source => ({
  name,
  open: async (start, signal) =>
    createReadStream(path, { start, highWaterMark: CHUNK_BYTES, signal }) as AsyncIterable<Buffer>,
});

/** A copy behind a URL that serves ranges. */
export const httpSource = (name: string, url: string, client: PeerClient): Source => ({
  name,
  open: (offset, signal) => client.download(url, offset, signal),
});

import { createCipheriv, createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { problemOf } from './http.js';

const CHUNK = Buffer.alloc(64 * 1024);
const CHUNKS = 160;

/** 10 MiB that look random, differ from version to version and are the same each time. */
export const artifactBytes = (version: string): Readable => {
  const key = createHash('sha256').update(`artifact of release ${version}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  let left = CHUNKS;
  return new Readable({
    read() {
      this.push(left-- > 0 ? cipher.update(CHUNK) : null);
    },
  });
};

export interface ArtifactFacts {
  readonly sha256: string;
  readonly size: number;
}

export const artifactFacts = async (version: string): Promise<ArtifactFacts> => {
  const hash = createHash('sha256');
  for await (const chunk of artifactBytes(version)) hash.update(chunk as Buffer);
  return { sha256: hash.digest('hex'), size: CHUNK.length * CHUNKS };
};

/** Streams the bytes into the gateway; rejects with its answer when it does not take them. */
export const uploadArtifact = async (gatewayUrl: string, version: string, size: number): Promise<void> => {
  const sent = httpRequest(`${gatewayUrl}/v1/releases/${version}/artifact`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': size,
      'baton-actor': 'operator:launcher',
    },
  });
  const answered = new Promise<void>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve();
        else reject(problemOf(response.statusCode ?? 0, text, `PUT artifact of ${version}`));
      });
    });
  });
  // A refusal may come before the last byte was taken: then the answer counts, not the broken pipe.
  await Promise.all([answered, pipeline(artifactBytes(version), sent).catch(() => answered)]);
};

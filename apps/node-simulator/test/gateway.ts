import type { ArtifactRef } from '@baton/contracts';
import { PeerClient, PeerEndpoint } from '@baton/node-agent';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What nodes come with, and what they are brought to. */
export const [OLD, NEW] = ['1.0.0', '1.1.0'] as const;

export const ARTIFACT_BYTES = Buffer.alloc(200_000, 'the image of 1.1.0 ');

/** Those bytes as a release of that version. */
export const artifactOf = (version: string, bytes: Buffer): ArtifactRef => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { version, layer: 'software', sha256, size: bytes.length };
};

export const ARTIFACT = artifactOf(NEW, ARTIFACT_BYTES);

/** Serves the artifact, with ranges. */
export class Gateway {
  private constructor(
    private readonly server: Server,
    private readonly client: PeerClient,
    readonly url: string,
  ) {}

  static async start(folder: string, bytes = ARTIFACT_BYTES): Promise<Gateway> {
    const path = join(folder, 'artifact');
    await writeFile(path, bytes);
    const client = new PeerClient();
    const findCopy = () => Promise.resolve({ path, size: bytes.length });
    const endpoint = new PeerEndpoint({ nodeId: 'gateway', client, findCopy, isHypervisorUp: () => true });
    const server = createServer((request, response) => {
      void endpoint.handle((request.url ?? '/').replace('/v1/', '/'), request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gateway(server, client, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.client.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

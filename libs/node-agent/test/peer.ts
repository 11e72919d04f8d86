import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PeerEndpoint, type PeerClient } from '../src/index.js';

/** An HTTP server on a free port of this machine. */
export class TestServer {
  /** The path of each request. */
  readonly paths: string[] = [];
  private readonly server: Server;

  private constructor(answer: RequestListener) {
    this.server = createServer((request, response) => {
      this.paths.push(request.url ?? '');
      answer(request, response);
    });
  }

  static async start(answer: RequestListener): Promise<TestServer> {
    const started = new TestServer(answer);
    started.server.listen(0, '127.0.0.1');
    await once(started.server, 'listening');
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Nodes behind one port, each under `/<nodeId>`, as a simulator serves them. */
export const servePeers = (
  nodeIds: readonly string[],
  client: PeerClient,
  isHypervisorUp = (): boolean => true,
): Promise<TestServer> => {
  const findCopy = (): Promise<undefined> => Promise.resolve(undefined);
  const endpoints = new Map(
    nodeIds.map((nodeId) => [nodeId, new PeerEndpoint({ nodeId, client, findCopy, isHypervisorUp })]),
  );
  return TestServer.start((request, response) => {
    const [, nodeId = '', path = '/'] = /^\/([^/]*)(\/.*)?$/.exec(request.url ?? '') ?? [];
    const endpoint = endpoints.get(nodeId);
    if (endpoint) void endpoint.handle(path, request, response);
    else response.writeHead(404).end();
  });
};

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from './problem.js';

const KEEP_ALIVE_MS = 60_000;
const BODY_BYTES_MAX = 64 * 1024;

/** A JSON answer. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Answers a request, or hands back what is to be answered. Throws a `Problem`. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<Reply | undefined>;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; a port that is taken is an error that names it. */
export const listen = async (host: string, port: number, handler: Handler): Promise<HttpServer> => {
  const server = createServer((request, response) => void answer(handler, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening').catch((error: Error) => {
    throw new Error(`BATON_SIMULATOR_PORT ${port} cannot be used: ${error.message}`, { cause: error });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const answer = async (handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const reply = await handler(request, response);
    if (reply) send(response, reply, 'application/json');
  } catch (error) {
    if (response.headersSent || response.destroyed) return void response.destroy();
    const problem = error instanceof Problem ? error : new Problem('internal-error', 500, (error as Error).message);
    send(response, { status: problem.status, body: problem }, 'application/problem+json');
  }
};

const send = (response: ServerResponse, { status, body }: Reply, type: string): void => {
  if (status === 204) return void response.writeHead(204).end();
  response.writeHead(status, { 'content-type': type }).end(`${JSON.stringify(body)}\n`);
};

/** The JSON that was sent. */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to its end all the same: who leaves the loop destroys the connection, and cannot answer any more.
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (size > BODY_BYTES_MAX) throw new Problem('body-too-large', 413, `Send at most ${BODY_BYTES_MAX} bytes.`);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw new Problem('malformed-json', 400, 'The body is not JSON.');
  }
};

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and Postgres, and can cut the line at the worst moment. */
export interface CuttingProxy {
  /** The same database, by way of the proxy. */
  readonly url: string;
  /** The next answer of the server is lost, and the connection with it; what it answers to has been done. */
  loseNextAnswer(): void;
  /** How often the line was cut. */
  readonly cuts: number;
  close(): void;
}

export const cuttingProxy = async (databaseUrl: string): Promise<CuttingProxy> => {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let armed = false;
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      if (!armed) return client.write(chunk);
      armed = false;
      cuts++;
      return end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseNextAnswer: () => {
      armed = true;
    },
    get cuts() {
      return cuts;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

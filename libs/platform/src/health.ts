import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsText } from './metrics.js';

/** Resolves when the thing works; rejects with what is missing. */
export type HealthCheck = () => Promise<void> | void;

export interface HealthReport {
  readonly ready: boolean;
  /** By dependency: `ok`, or what is missing. */
  readonly checks: Readonly<Record<string, string>>;
}

export const runChecks = async (checks: Readonly<Record<string, HealthCheck>>): Promise<HealthReport> => {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return [name, 'ok'] as const;
      } catch (error) {
        return [name, (error as Error).message] as const;
      }
    }),
  );
  return { ready: entries.every(([, result]) => result === 'ok'), checks: Object.fromEntries(entries) };
};

/** `/livez`, `/readyz` and `/metrics` for a service that has no HTTP of its own. */
export const serveHealth = async (options: {
  readonly host: string;
  readonly port: number;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', options.checks).then(({ status, contentType, body }) =>
      response.writeHead(status, { 'content-type': contentType }).end(body),
    );
  });
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const answer = async (path: string, checks: Readonly<Record<string, HealthCheck>>) => {
  if (path === '/metrics') return { status: 200, ...(await metricsText()) };
  if (path === '/livez') return json(200, { alive: true });
  if (path !== '/readyz') return json(404, { title: 'Not found', detail: 'Ask /livez, /readyz or /metrics.' });
  const report = await runChecks(checks);
  return json(report.ready ? 200 : 503, report);
};

const json = (status: number, value: unknown) => ({
  status,
  contentType: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });

import type { Answer, NodeHello } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { connectBus, type Bus } from '../src/connect.js';
import { JetStreamServer } from '../src/jetstream-server.js';
import { silent, type FakeLog } from './fake-log.js';

export interface TestService {
  readonly bus: Bus;
  readonly server: JetStreamServer;
  /** What its handlers were called with and ended well on, in order. */
  readonly handled: Recorded[];
  readonly reports: (Answer | NodeHello)[];
  stop(): Promise<void>;
}

export interface Handlers {
  /** Throws to refuse. */
  readonly onEvent?: (event: Recorded) => void | Promise<void>;
  readonly onReport?: (report: Answer | NodeHello) => void | Promise<void>;
  readonly startAfter?: number;
  readonly kind?: 'staging' | 'membership';
}

/** A replica of the service `staging-svc` without Nest around it: events of lanes, reports of staging. */
export const startService = async (
  url: string,
  log: FakeLog,
  { onEvent, onReport, startAfter = 0, kind = 'staging' }: Handlers = {},
): Promise<TestService> => {
  const bus = await connectBus({ servers: url, name: 'staging-svc' });
  const server = new JetStreamServer({
    bus,
    log,
    logger: silent,
    service: 'staging-svc',
    startAfter: () => Promise.resolve(startAfter),
  });
  const handled: Recorded[] = [];
  const reports: (Answer | NodeHello)[] = [];
  const event = async (it: Recorded): Promise<void> => {
    await onEvent?.(it);
    handled.push(it);
  };
  const report = async (it: Answer | NodeHello): Promise<void> => {
    await onReport?.(it);
    reports.push(it);
  };
  server.addHandler('events.lane', event as never, true);
  server.addHandler(`reports.${kind}`, report as never, true);
  let problem: unknown;
  await server.listen((error) => (problem = error));
  if (problem) throw problem as Error;
  return {
    bus,
    server,
    handled,
    reports,
    stop: async () => {
      await server.close();
      await bus.close();
    },
  };
};

export const answer: Answer = {
  clusterId: 'demo',
  nodeId: 'n1',
  verb: 'stage',
  stage: 'staging',
  upgradeId: 'u1',
  upgradeNo: 1,
  instance: 'u1',
  attempt: 1,
  status: 'done',
  bootId: 'boot-1',
  runId: 'run-1',
  outcome: { written: { partition: 'B', sha256: 'a'.repeat(64), size: 10 } },
};

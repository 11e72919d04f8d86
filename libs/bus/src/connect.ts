import { WAKE_SUBJECT } from '@baton/contracts';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const RECONNECT_MS = 250;
// A server that hangs is given up after three of these: 4.5 s.
const PING_MS = 1_500;
const DIAL_MS = 2_000;

export interface BusOptions {
  /** `nats://host:port`, one or several. */
  readonly servers: string | readonly string[];
  /** Shown by the server beside the connection. */
  readonly name: string;
}

/** A connection that comes back by itself, for ever. */
export interface Bus {
  readonly nc: NatsConnection;
  isConnected(): boolean;
  /** Calls after each reconnect, not after the first connect. The result ends it. */
  onReconnect(listener: () => void): () => void;
  /** Tells the relay that something was appended. */
  wake(): void;
  /** Messages that nobody could read, since the start; for metrics. */
  readonly counts: { malformed: number };
  /** Sends what is buffered and ends for good. */
  close(): Promise<void>;
}

/** Resolves with the first connection, however long the server takes to come up. */
export const connectBus = async ({ servers, name }: BusOptions): Promise<Bus> => {
  const nc = await connect({
    servers: typeof servers === 'string' ? servers : [...servers],
    name,
    reconnect: true,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    // Credentials may be wrong only while a server is being set up.
    ignoreAuthErrorAbort: true,
    pingInterval: PING_MS,
    maxPingOut: 2,
    timeout: DIAL_MS,
  });
  let connected = true;
  const listeners = new Set<() => void>();
  const watch = async (): Promise<void> => {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect') connected = false;
      if (type === 'reconnect') {
        connected = true;
        for (const listener of [...listeners]) listener();
      }
    }
    connected = false;
  };
  void watch();

  return {
    nc,
    isConnected: () => connected && !nc.isClosed(),
    onReconnect: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => {
      if (connected && !nc.isClosed()) nc.publish(WAKE_SUBJECT);
    },
    counts: { malformed: 0 },
    close: async () => {
      listeners.clear();
      // The server may go away while it is being drained.
      if (connected && !nc.isClosed()) await nc.drain().catch(() => undefined);
      await nc.close();
    },
  };
};

import type { Recorded } from '@baton/kernel';
import { WITHIN_MS } from './api.js';
import { setTimeout as wait } from 'node:timers/promises';

const AGAIN_AFTER_MS = 50;

type Seen = (event: Recorded) => void;

/** The events of an upgrade from its first on, live by SSE; goes on after the last one seen when the gateway was away. */
export class Watch {
  readonly events: Recorded[] = [];
  private readonly closed = new AbortController();
  private readonly listeners = new Set<Seen>();
  private readonly loop: Promise<void>;

  constructor(
    private readonly gatewayUrl: string,
    private readonly upgradeId: string,
  ) {
    this.loop = this.run();
  }

  /** The first event that fits, seen already or to come. */
  until(what: string, fits: (event: Recorded) => boolean): Promise<Recorded> {
    const seen = this.events.find(fits);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.listeners.delete(look);
      };
      const look = (event: Recorded): void => {
        if (!fits(event)) return;
        end();
        resolve(event);
      };
      const timer = setTimeout(() => {
        end();
        const troubles = this.events.filter(({ type }) => /Failed|Stalled|Blocked/.test(type));
        const said = [...troubles, ...this.events.slice(-3)].map(({ position, type, data }) => {
          return `${position} ${type} ${JSON.stringify(data).slice(0, 400)}`;
        });
        reject(new Error([`not within ${WITHIN_MS} ms: ${what}; there were`, ...said].join('\n')));
      }, WITHIN_MS);
      this.listeners.add(look);
    });
  }

  /** The n-th event of a type. */
  untilType(type: string, nth = 1): Promise<Recorded> {
    let left = nth;
    const counted = new Set<number>();
    return this.until(`${type} ${nth}`, (event) => {
      if (event.type !== type || counted.has(event.position)) return false;
      counted.add(event.position);
      left -= 1;
      return left === 0;
    });
  }

  /** Calls for each event that comes from now on. The result ends it. */
  onEvent(seen: Seen): () => void {
    this.listeners.add(seen);
    return () => this.listeners.delete(seen);
  }

  async close(): Promise<void> {
    this.closed.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    const { signal } = this.closed;
    while (!signal.aborted) {
      await this.follow(signal).catch(() => undefined);
      await wait(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const after = this.events.at(-1)?.position ?? 0;
    const url = `${this.gatewayUrl}/v1/events/stream?upgrade=${this.upgradeId}&after=${after}`;
    const response = await fetch(url, { signal });
    if (!response.ok || !response.body) return;
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const messages = (rest + chunk).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const data = message.split('\n').find((line) => line.startsWith('data: '));
        if (data !== undefined) this.take(JSON.parse(data.slice('data: '.length)) as Recorded);
      }
    }
  }

  private take(event: Recorded): void {
    this.events.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }
}

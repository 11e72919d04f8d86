import type { Recorded } from '@baton/kernel';
import { get } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const AGAIN_AFTER_MS = 300;

/** The events of an upgrade from its first on, as they come. When the stream breaks it goes on after the last one seen. */
export async function* liveEvents(
  gatewayUrl: string,
  upgradeId: string,
  signal: AbortSignal,
): AsyncGenerator<Recorded> {
  let last = 0;
  while (!signal.aborted) {
    try {
      for await (const event of oneStream(gatewayUrl, upgradeId, last, signal)) {
        last = event.position;
        yield event;
      }
    } catch {
      // The gateway was killed, or is not up again yet.
    }
    await wait(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function* oneStream(
  gatewayUrl: string,
  upgradeId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<Recorded> {
  let rest = '';
  for await (const chunk of await open(`${gatewayUrl}/v1/events/stream?upgrade=${upgradeId}&after=${after}`, signal)) {
    const messages = (rest + (chunk as string)).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Recorded;
    }
  }
}

/** On a connection of its own, which ends with it. */
const open = (url: string, signal: AbortSignal): Promise<Readable> =>
  new Promise((resolve, reject) => {
    const sent = get(url, { agent: false, signal }, (response) => {
      if (response.statusCode === 200) return resolve(response.setEncoding('utf8'));
      response.resume();
      reject(new Error(`${url}: ${response.statusCode}`));
    });
    sent.once('error', reject);
  });

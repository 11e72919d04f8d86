import type { Recorded } from '@baton/kernel';
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
  const response = await fetch(`${gatewayUrl}/v1/events/stream?upgrade=${upgradeId}&after=${after}`, { signal });
  if (!response.ok || !response.body) return;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Recorded;
    }
  }
}

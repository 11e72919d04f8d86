import { categorySubject } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { readOrCount } from './ask-node.js';
import { fromCloudEvent } from './cloud-event.js';
import type { Bus } from './connect.js';

/**
 * Hears the events of these categories as they are relayed, in position order and each once; what is relayed while
 * the connection is down is missed. The result ends it.
 */
export const follow = (bus: Bus, categories: readonly string[], listener: (event: Recorded) => void): (() => void) => {
  let last = 0;
  const subscriptions = categories.map((category) =>
    bus.nc.subscribe(categorySubject(category), {
      callback: (_error, message) => {
        const event = readOrCount(bus, message.data, fromCloudEvent);
        // Two relays may publish the same event; after a loss of the bus all of them come again.
        if (!event || event.position <= last) return;
        last = event.position;
        listener(event);
      },
    }),
  );
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  };
};

import type { Event } from '@baton/kernel';

/** The same events, for another stream than the decider's own. */
export const onStream = <E extends Event>(stream: string, events: readonly E[]): readonly E[] =>
  events.map((event) => ({ ...event, stream }));

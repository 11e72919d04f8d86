import type { Event } from '@baton/kernel';

/** Records what follows until nothing more does: facts known at once go in one append. `first` is what began it. */
export const settle = <State, E extends Event>(
  start: State,
  first: readonly E[],
  next: (state: State) => readonly E[],
  evolve: (state: State, event: E) => State,
): readonly E[] => {
  const events = [...first];
  let state = first.reduce(evolve, start);
  for (let found = next(state); found.length > 0; found = next(state)) {
    state = found.reduce(evolve, state);
    events.push(...found);
  }
  return events;
};

/** Rules in the order of their say: what the first one that applies records. */
export const firstOf =
  <Scene, E extends Event>(...rules: readonly ((scene: Scene) => readonly E[])[]) =>
  (scene: Scene): readonly E[] => {
    for (const rule of rules) {
      const events = rule(scene);
      if (events.length > 0) return events;
    }
    return [];
  };

import type { Decision, Event, Recorded, Stage, Timed } from '@baton/kernel';

/** One event of the history a test gives: on which stream, and what. */
export interface Given {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
}

/** A recorded log as the rules see it: gapless positions and versions, a fixed time, no real hashes. */
export const recorded = (history: readonly Given[], cluster = 'demo', upgrade?: string): readonly Recorded[] => {
  const versions = new Map<string, number>();
  return history.map((event, index) => {
    const version = (versions.get(event.stream) ?? 0) + 1;
    versions.set(event.stream, version);
    return {
      ...event,
      position: index + 1,
      version,
      cluster,
      upgrade,
      meta: { actor: 'test', correlationId: 'test', causationId: 'test', commandId: `test-${index + 1}` },
      recordedAt: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
      hash: '0'.repeat(64),
    };
  });
};

/** `given(stage, id, history).when(command)` decides; `.state`, `.outstanding`, `.due` show the rest. */
export const given = <State, Context, Command, E extends Event, Ask>(
  stage: Stage<State, Context, Command, E, Ask>,
  id: string,
  history: readonly Given[],
) => {
  const own = `${stage.category}-${id}`;
  const events = recorded(history);
  const state = events.filter((event) => event.stream === own).reduce(stage.evolve, stage.initial);
  const context = events.filter((event) => event.stream !== own).reduce(stage.observe, stage.initialContext);
  return {
    state,
    context,
    when: (command: Command & Timed): Decision<E> => stage.decide(command, state, context),
    outstanding: (): readonly Ask[] => stage.outstanding(state, context),
    due: () => stage.due(state, context),
  };
};

import type { Ask, StageCommand } from '@baton/contracts';
import { accept, nothing, type Event, type Recorded, type Stage } from '@baton/kernel';

type ToyEvent = Event<'Began', { at: number }> | Event<'Answered', { nodeId: string }> | Event<'Late', object>;

interface Toy {
  readonly status: 'idle' | 'asking' | 'answered' | 'late';
  readonly beganAt: number;
}

/** Begins when its upgrade was requested and is not paused, asks node n1 once, and is late after 90 s. */
export const toyStage: Stage<Toy, { requested: boolean; paused: boolean }, StageCommand, ToyEvent, Ask> = {
  category: 'rollout',
  inputs: ['upgrade'],
  reads: (id) => ({ streams: [`rollout-${id}`, `upgrade-${id}`] }),
  initial: { status: 'idle', beganAt: 0 },
  initialContext: { requested: false, paused: false },
  evolve: (state, recorded) => {
    const event = recorded as Recorded & ToyEvent;
    if (event.type === 'Began') return { status: 'asking', beganAt: event.data.at };
    return { ...state, status: event.type === 'Answered' ? 'answered' : 'late' };
  },
  observe: (context, event) => ({
    requested: context.requested || event.type === 'UpgradeRequested',
    paused: event.type === 'PauseRequested',
  }),
  decide: (command, state, context) => {
    if (state.status === 'idle' && context.requested && !context.paused) {
      return accept({ type: 'Began', data: { at: command.now } });
    }
    if (state.status !== 'asking') return nothing;
    if (command.type === 'NodeAnswered' && command.answer.status === 'done') {
      return accept({ type: 'Answered', data: { nodeId: command.answer.nodeId } });
    }
    return command.type === 'DeadlinePassed' ? accept({ type: 'Late', data: {} }) : nothing;
  },
  react: () => [{ type: 'Advance' }],
  outstanding: (state) => (state.status === 'asking' ? [ask] : []),
  due: (state) =>
    state.status === 'asking'
      ? [{ key: 'late', at: state.beganAt + 90_000, command: { type: 'DeadlinePassed', key: 'late' } }]
      : [],
  ended: (state) => state.status === 'answered',
};

export const ask: Ask = {
  clusterId: 'demo',
  nodeId: 'n1',
  verb: 'drain',
  stage: 'rollout',
  upgradeId: 'u1',
  upgradeNo: 1,
  instance: 'u1',
  attempt: 1,
  args: {},
  peers: ['n2'],
};

/** The same, but it only asks a question. */
export const askingStage: typeof toyStage = {
  ...toyStage,
  outstanding: (state) => (state.status === 'asking' ? [{ ...ask, verb: 'inspect', everyMs: 5_000 }] : []),
};

/** The same, but it asks a thousand nodes. */
export const crowdStage: typeof toyStage = {
  ...toyStage,
  outstanding: (state) =>
    state.status === 'asking' ? Array.from({ length: 1_000 }, (_, n) => ({ ...ask, nodeId: `n${n + 1}` })) : [],
};

/** Gives the order, and asks the question beside it. */
export const watchingStage: typeof toyStage = {
  ...toyStage,
  outstanding: (state) => (state.status === 'asking' ? [ask, { ...ask, verb: 'inspect', everyMs: 5_000 }] : []),
};

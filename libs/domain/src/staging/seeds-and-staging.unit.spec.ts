// Goal: whatever nodes answer, in whatever order and however often, copies of the artifact are never given up without
// need, no effect is asked for twice, and the way ends completed or stalled. Method: both stages over one log, and
// random answers, silences, duplicates, deadlines and operators; a failing run prints its seed.
import { askKey, type Answer, type Ask, type StageCommand } from '@baton/contracts';
import type { Due, Event, Stage } from '@baton/kernel';
import { recorded, type Given } from '@baton/testing';
import fc from 'fast-check';
import { UPGRADE, intended, request } from '../../test/precheck-fixtures.js';
import { T0, answerTo, checked, written } from '../../test/transfer-fixtures.js';
import { distributionStage } from '../distribution/stage.js';
import { stagingStage } from './stage.js';

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5'];
const EVICTED_MAX = 2;
const ENOUGH_STEPS = 1000;

const ends = {
  done: {},
  failed: { status: 'failed', reason: 'disk-full' },
  corrupt: { outcome: written('stage', 'b'.repeat(64)) },
  running: { status: 'running' },
} satisfies Record<string, Partial<Answer>>;
type End = keyof typeof ends;

type Step =
  | { readonly do: 'answer'; readonly pick: number; readonly end: End }
  | { readonly do: 'repeat' | 'silent' | 'deadline'; readonly pick: number }
  | { readonly do: 'pause' | 'resume' }
  | { readonly do: 'retry' | 'skip' | 'evict'; readonly pick: number };

const pick = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      pick,
      end: fc.constantFrom<End>('done', 'failed', 'corrupt', 'running'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('repeat' as const, 'silent', 'deadline'), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'skip', 'evict'), pick }) },
);

/** A stage as its host runs it: folded step by step, told one command after the other. */
const hosted = <State, Context, E extends Event>(stage: Stage<State, Context, StageCommand, E, Ask>) => {
  let { initial: state, initialContext: context } = stage;
  return {
    stage,
    state: (): State => state,
    take: (event: ReturnType<typeof recorded>[number]): void => {
      if (event.stream === `${stage.category}-${UPGRADE}`) state = stage.evolve(state, event);
      else context = stage.observe(context, event);
    },
    decide: (command: StageCommand, now: number): readonly Given[] => {
      const decision = stage.decide({ ...command, now }, state, context);
      if ('refused' in decision) throw new Error(decision.refused.message);
      return decision.events.map((event) => ({ stream: `${stage.category}-${UPGRADE}`, ...event }));
    },
    asks: (): readonly Ask[] => stage.outstanding(state, context),
    due: (): readonly Due<StageCommand>[] => stage.due(state, context),
  };
};

const world = () => {
  const distribution = hosted(distributionStage);
  const staging = hosted(stagingStage);
  const hosts = [distribution, staging];
  const told: StageCommand[] = [];
  /** Effects that a node answered for good. */
  const over = new Set<string>();
  const staged = new Set<string>();
  const evicted = new Set<string>();
  let position = 0;
  let now = T0;

  const record = (events: readonly Given[]): void => {
    for (const event of recorded(events)) {
      position += 1;
      const { nodeId } = event.data as { nodeId?: string };
      if (event.type === 'NodeStaged') {
        expect(staged).not.toContain(nodeId);
        staged.add(nodeId ?? '');
      }
      for (const host of hosts) host.take({ ...event, position, recordedAt: new Date(now).toISOString() });
    }
  };
  const tell = (command: StageCommand): void => {
    now += 10;
    for (const host of hosts) record(host.decide(command, now));
    // Each sees what the other did; then all has been said.
    for (let round = 0; round < 3; round += 1) for (const host of hosts) record(host.decide({ type: 'Advance' }, now));
    for (const host of hosts) expect(host.decide({ type: 'Advance' }, now)).toEqual([]);
    check();
  };
  const asks = (): readonly Ask[] => hosts.flatMap((host) => host.asks());
  const effects = (): readonly Ask[] => asks().filter(({ verb }) => verb !== 'inspect');

  const check = (): void => {
    const state = distribution.state();
    if (state.status !== 'waiting' && staging.state().status !== 'completed') {
      const { seeds, lost, candidates } = state;
      const spare = candidates.filter(
        (nodeId) =>
          !evicted.has(nodeId) &&
          !seeds.some((seed) => seed.nodeId === nodeId) &&
          !lost.some((loss) => loss.nodeId === nodeId),
      );
      if (state.status === 'stalled') expect(spare).toEqual([]);
      else expect(seeds).toHaveLength(request().strategy.seeds);
    }
    for (const ask of effects()) {
      expect(['store', 'stage']).toContain(ask.verb);
      expect(over).not.toContain(askKey(ask));
    }
  };
  const answer = (ask: Ask, end: End): void => {
    const command = answerTo(ask, ends[end]);
    if (end !== 'running') over.add(askKey(ask));
    told.push(command);
    tell(command);
  };
  const intend = (type: string, data: unknown = {}): void => {
    record([intended(type, data)]);
    tell({ type: 'Advance' });
  };
  record(checked(NODES));
  tell({ type: 'Advance' });
  return {
    distribution,
    staging,
    hosts,
    told,
    evicted,
    tell,
    asks,
    effects,
    answer,
    intend,
    wait: (at: number) => (now = Math.max(now, at)),
  };
};
type World = ReturnType<typeof world>;

const oneOf = <T>(items: readonly T[], index: number): T | undefined => items[index % items.length];

const carryOut = (w: World, one: Step): void => {
  switch (one.do) {
    case 'answer': {
      const ask = oneOf(w.effects(), one.pick);
      return ask && w.answer(ask, one.end);
    }
    case 'repeat': {
      const command = oneOf(w.told, one.pick);
      return command && w.tell(command);
    }
    case 'silent': {
      const ask = oneOf(w.asks(), one.pick);
      return ask && w.tell({ type: 'NodeSilent', nodeId: ask.nodeId, verb: ask.verb, forMs: 60_000 });
    }
    case 'deadline': {
      const due = oneOf(
        w.hosts.flatMap((host) => host.due()),
        one.pick,
      );
      if (due) w.wait(due.at);
      return due && w.tell(due.command);
    }
    case 'pause':
      return w.intend('PauseRequested');
    case 'resume':
      return w.intend('ResumeRequested');
    case 'retry':
      return w.intend('RetryRequested', { nodeId: oneOf(NODES, one.pick) });
    case 'skip':
      return w.intend('SkipRequested', { nodeId: oneOf(NODES, one.pick) });
    case 'evict': {
      const nodeId = oneOf(NODES, one.pick) ?? '';
      if (w.evicted.size >= EVICTED_MAX) return;
      w.evicted.add(nodeId);
      return w.intend('EvictRequested', { nodeId, confirmedDown: true });
    }
  }
};

/** Every ask is answered, until nothing is asked any more. */
const answerAll = (w: World, endOf: (index: number) => End): void => {
  for (let index = 0; w.effects().length > 0; index += 1) {
    expect(index).toBeLessThan(ENOUGH_STEPS);
    const ask = oneOf(w.effects(), index);
    if (ask) w.answer(ask, endOf(index));
  }
};

const isStalled = (w: World): boolean => {
  const state = w.staging.state();
  const nodeStalled =
    state.status === 'staging' && [...state.nodes.values()].some(({ status }) => status === 'stalled');
  return nodeStalled || w.distribution.state().status === 'stalled';
};

it('INV-23 N-07 N-16 keeps copies while there are candidates, asks for no effect twice, and ends completed or stalled', () => {
  const endings = fc.array(fc.constantFrom<End>('done', 'done', 'failed', 'corrupt'), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), endings, (steps, answers) => {
      const w = world();
      for (const one of steps) carryOut(w, one);

      w.intend('ResumeRequested');
      answerAll(w, (index) => oneOf(answers, index) ?? 'done');
      expect(w.staging.state().status === 'completed' || isStalled(w)).toBe(true);

      for (let times = 0; isStalled(w) && w.staging.state().status !== 'completed'; times += 1) {
        expect(times).toBeLessThan(10);
        w.intend('ResumeRequested');
        answerAll(w, () => 'done');
      }
      expect(w.staging.state().status).toBe('completed');
      expect(w.asks()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

import type { Answer, Ask, Outcome, StageCommand } from '@baton/contracts';
import type { Event, Stage } from '@baton/kernel';
import { given, type Given } from '@baton/testing';
import { UPGRADE, happened, release, requested } from './precheck-fixtures.js';

/** The moment at which the logs of specs begin. */
export const T0 = Date.UTC(2026, 0, 1);

/** What stands in the log when the prechecks have passed: all nodes in one lane, the seeds as ranked. */
export const checked = (nodes: readonly string[], seeds: readonly string[] = nodes): readonly Given[] => [
  requested(),
  happened('LanePlanned', { run: 1, wave: 1, lane: 'one', part: 1, of: 1, nodes }),
  happened('PlanMade', { run: 1, digest: 'd', summary: { seeds, nodes: nodes.length } }),
  happened('PrecheckPassed', { run: 1, warnings: 0 }),
];

export const distributed = (type: string, data: unknown): Given => ({ stream: `distribution-${UPGRADE}`, type, data });
export const staged = (type: string, data: unknown): Given => ({ stream: `staging-${UPGRADE}`, type, data });
export const seedStored = (nodeId: string): Given =>
  distributed('SeedStored', { nodeId, sha256: release().sha256, size: release().size });

/** What a node wrote when all went well. */
export const written = (verb: Ask['verb'], sha256 = release().sha256): Outcome => ({
  written: { sha256, size: release().size, ...(verb === 'stage' && { partition: 'B' as const }) },
});

/** A node's answer to an ask: `done` with the right bytes unless told otherwise. */
export const answerTo = (ask: Ask, over: Partial<Answer> = {}): StageCommand => {
  const { args: _args, peers: _peers, everyMs: _everyMs, ...asked } = ask;
  const { nodeId } = ask;
  const status = over.status ?? 'done';
  const outcome = status === 'done' ? written(ask.verb) : undefined;
  return {
    type: 'NodeAnswered',
    answer: {
      ...asked,
      status,
      bootId: `boot-${nodeId}`,
      runId: `run-${nodeId}`,
      ...(outcome && { outcome }),
      ...over,
    },
  };
};

/** A stage over a log that grows by what it decides; every command comes a second after the one before. */
export const storyOf = <State, Context, E extends Event>(
  stage: Stage<State, Context, StageCommand, E, Ask>,
  history: readonly Given[],
) => {
  const log: Given[] = [...history];
  let now = T0 + 1000;
  const scene = () => given(stage, UPGRADE, log);
  const asks = (): readonly Ask[] => scene().outstanding();
  const tell = (command: StageCommand, at?: number): readonly E[] => {
    now = at ?? now + 1000;
    const decision = scene().when({ ...command, now });
    if ('refused' in decision) throw new Error(decision.refused.message);
    log.push(...decision.events.map((event) => ({ stream: `${stage.category}-${UPGRADE}`, ...event })));
    return decision.events;
  };
  const askOf = (nodeId: string, verb: Ask['verb'] = stage.category === 'staging' ? 'stage' : 'store'): Ask => {
    const found = asks().find((ask) => ask.nodeId === nodeId && ask.verb === verb);
    if (!found) throw new Error(`nothing like ${verb} is asked of ${nodeId}`);
    return found;
  };
  return {
    log,
    tell,
    asks,
    askOf,
    due: () => scene().due(),
    state: () => scene().state,
    /** What others wrote into the log, and what the stage makes of it. */
    meanwhile: (...events: readonly Given[]): readonly E[] => {
      log.push(...events);
      return tell({ type: 'Advance' });
    },
    /** The node that is asked answers. */
    answer: (nodeId: string, over: Partial<Answer> = {}): readonly E[] => tell(answerTo(askOf(nodeId), over)),
    /** All asks as `<node>/<verb>/<attempt>`. */
    asked: (): readonly string[] => asks().map(({ nodeId, verb, attempt }) => `${nodeId}/${verb}/${attempt}`),
  };
};

export const typesOf = (events: readonly Event[]): readonly string[] => events.map(({ type }) => type);

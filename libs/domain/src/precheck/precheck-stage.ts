import type {
  Answer,
  Ask,
  AskArgs,
  Member,
  PrecheckEvent,
  Request,
  StageCommand,
  Surroundings,
} from '@baton/contracts';
import { accept, assertNever, nothing, refuse, type Decision, type Recorded, type Stage } from '@baton/kernel';
import { compareIds } from '../plan/node-order.js';
import { isOfUpgrade } from '../upgrade/answer.js';
import { conclude, isComplete, presentMembers, type PrecheckTools } from './conclude.js';
import { LIST_BYTES_MAX, bytesOf, cutText, fitting, inParts } from './event-size.js';
import { isAllWell, keptOf } from './kept-probe.js';
import { looksOf } from './looks.js';
import {
  evolvePrecheck,
  isOver,
  noPrecheck,
  noPrecheckContext,
  observePrecheck,
  wantsRun,
  type Collecting,
  type PrecheckContext,
  type PrecheckState,
} from './state.js';

/** `Begin` carries what the log knows; the adapter sends it when `wantsRun` names a run. */
export type PrecheckCommand =
  StageCommand | { readonly type: 'Begin'; readonly members: readonly Member[]; readonly surroundings: Surroundings };

export type PrecheckStage = Stage<PrecheckState, PrecheckContext, PrecheckCommand, PrecheckEvent, Ask>;

const DEADLINE = 'precheck';
const ASK_EVERY_MS = 1000;
/** A peer that is away for a moment blocks nothing: for so long a closed way is tried again. */
const TRY_PEERS_MS = 10_000;
const TOKENS_BYTES_MAX = 8 * 1024;
const UPGRADES_BYTES_MAX = 4 * 1024;

const deadlineOf = (state: Collecting, request: Request): number =>
  state.startedAt + request.strategy.timing.precheckMs;

// What no check reads would only make the event large.
const lean = (surroundings: Surroundings): Surroundings => ({
  ...surroundings,
  leftoverTokens: fitting(surroundings.leftoverTokens, TOKENS_BYTES_MAX),
  otherUpgrades: fitting(surroundings.otherUpgrades, UPGRADES_BYTES_MAX),
  releases: surroundings.releases.map(({ notes: _notes, companions: _companions, ...release }) => release),
  artifactEvidence: cutText(surroundings.artifactEvidence),
});

const begin = (
  run: number,
  members: readonly Member[],
  surroundings: Surroundings,
  startedAt: number,
): readonly PrecheckEvent[] => {
  const parts = inParts(members.toSorted((a, b) => compareIds(a.nodeId, b.nodeId)));
  const last = lean(surroundings);
  const fits = bytesOf([parts.at(-1), last]) <= LIST_BYTES_MAX;
  const all = fits ? parts : [...parts, []];
  return all.map((part, index): PrecheckEvent => {
    const data = { run, part: index + 1, of: all.length, members: part, startedAt };
    return { type: 'PrecheckStarted', data: index + 1 === all.length ? { ...data, surroundings: last } : data };
  });
};

const isAnswerTo = (state: Collecting, request: Request, { answer }: { readonly answer: Answer }): boolean =>
  answer.stage === 'precheck' &&
  answer.status === 'done' &&
  isOfUpgrade(request, answer) &&
  answer.attempt === state.run &&
  state.members.some(({ nodeId }) => nodeId === answer.nodeId);

// While nodes are missing it takes its time anyway; half of that time remains for what is asked last.
const isTriedAgain = (state: Collecting, { intent }: PrecheckContext, now: number): boolean => {
  const half = (intent.request?.strategy.timing.precheckMs ?? 0) / 2;
  const isEveryoneThere = presentMembers(state, intent).every(({ nodeId }) => state.facts.has(nodeId));
  return now < state.startedAt + (isEveryoneThere ? Math.min(TRY_PEERS_MS, half) : half);
};

const learn = (
  state: Collecting,
  context: PrecheckContext,
  { answer: { nodeId, outcome }, now }: { readonly answer: Answer; readonly now: number },
): Decision<PrecheckEvent> => {
  const { run } = state;
  if (outcome?.facts && !state.facts.has(nodeId)) {
    const data = { run, nodeId, facts: outcome.facts };
    if (bytesOf(data) > LIST_BYTES_MAX) return refuse('too-large', `The facts of ${nodeId} do not fit into an event.`);
    return accept<PrecheckEvent>({ type: 'FactsCollected', data });
  }
  if (outcome?.probe && !state.probes.has(nodeId)) {
    if (!isAllWell(outcome.probe) && isTriedAgain(state, context, now)) return nothing;
    return accept<PrecheckEvent>({ type: 'NodeProbed', data: { run, nodeId, ...keptOf(outcome.probe) } });
  }
  return nothing;
};

// What the command itself tells, before anything that follows from it.
const record = (
  command: PrecheckCommand & { readonly now: number },
  state: PrecheckState,
  context: PrecheckContext,
): Decision<PrecheckEvent> => {
  const { request } = context.intent;
  switch (command.type) {
    case 'Begin': {
      const run = wantsRun(state, context);
      return run ? accept(...begin(run, command.members, command.surroundings, command.now)) : nothing;
    }
    case 'NodeAnswered': {
      const wanted = request && state.status === 'collecting' && isAnswerTo(state, request, command);
      return wanted ? learn(state, context, command) : nothing;
    }
    case 'Advance':
    case 'NodeSilent':
    case 'DeadlinePassed':
      return nothing;
    default:
      return assertNever(command);
  }
};

const isLate = (command: PrecheckCommand & { readonly now: number }, state: Collecting, request: Request): boolean =>
  command.type === 'DeadlinePassed' && command.key === DEADLINE && command.now >= deadlineOf(state, request);

const outstanding = (state: PrecheckState, context: PrecheckContext): readonly Ask[] => {
  const { intent } = context;
  const { request } = intent;
  if (!request || state.status !== 'collecting' || isOver(context)) return [];
  const members = presentMembers(state, intent);
  const looks = looksOf(members, request.strategy);
  const { clusterId, upgradeId, upgradeNo } = request;
  const common = { clusterId, stage: 'precheck', upgradeId, upgradeNo, instance: upgradeId } as const;
  return members
    .filter(({ nodeId }) => !state.facts.has(nodeId) || !state.probes.has(nodeId))
    .map(({ nodeId }): Ask => {
      const ask = { ...common, nodeId, attempt: state.run, everyMs: ASK_EVERY_MS };
      if (!state.facts.has(nodeId)) return { ...ask, args: {}, verb: 'inspect' };
      const { peers, ports, names } = looks(nodeId);
      const args: AskArgs = { ...(ports.length > 0 && { ports }), ...(names.length > 0 && { names }) };
      return { ...ask, args, verb: 'probe', peers };
    });
};

/**
 * The prechecks of one upgrade or dry run: asks every node for its facts and its peers, runs the checks over them, and
 * makes the plan if none failed. It only ever asks questions, so a refusal leaves every node as it was.
 */
export const precheckStage = (tools: PrecheckTools): PrecheckStage => ({
  category: 'precheck',
  inputs: ['upgrade'],
  reads: (id) => ({ streams: [`upgrade-${id}`, `precheck-${id}`] }),
  initial: noPrecheck,
  initialContext: noPrecheckContext,
  evolve: (state, recorded) => evolvePrecheck(state, recorded as Recorded & PrecheckEvent, recorded.position),
  observe: observePrecheck,
  decide: (command, state, context) => {
    const { intent } = context;
    if (!intent.request || isOver(context)) return nothing;
    const first = record(command, state, context);
    if ('refused' in first) return first;
    // Positions are not known yet; only a refusal keeps its own, and nothing is decided after one.
    const next = first.events.reduce((folded, event) => evolvePrecheck(folded, event, 0), state);
    if (next.status !== 'collecting') return first;
    const isDue = isComplete(next, intent) || isLate(command, next, intent.request);
    return isDue ? accept(...first.events, ...conclude(tools, next, intent)) : first;
  },
  react: () => [{ type: 'Advance' }],
  outstanding,
  due: (state, context) => {
    const { request } = context.intent;
    if (!request || state.status !== 'collecting' || isOver(context)) return [];
    return [{ key: DEADLINE, at: deadlineOf(state, request), command: { type: 'DeadlinePassed', key: DEADLINE } }];
  },
  ended: (state, context) =>
    isOver(context) ||
    state.status === 'passed' ||
    (state.status === 'refused' && context.intent.request?.dryRun === true),
});

import type { Answer, Request, StageCommand, StagingEvent } from '@baton/contracts';
import { assertNever, nothing, type Decision, type Timed } from '@baton/kernel';
import { couldPrecheckHaveCaught } from '../distribution/foreseeable.js';
import { plannedNodes } from '../plan/plan.js';
import { cutText, inParts } from '../precheck/event-size.js';
import { inWords, isOfUpgrade } from '../upgrade/answer.js';
import { isHeld } from '../upgrade/intent.js';
import { isLeftOut, isStagingUnwanted, type StagingContext } from './context.js';
import { dueInStaging } from './due.js';
import { applyStaging, type RunningStaging, type Staging } from './state.js';
import { attemptOf, windowOf, type Attempt } from './window.js';

/** What the command tells, and everything that follows from it, for one append. */
export const decideStaging = (
  command: StageCommand & Timed,
  state: Staging,
  context: StagingContext,
): Decision<StagingEvent> => {
  const { request } = context.intent;
  if (!request || isStagingUnwanted(context)) return nothing;
  const events = state.status === 'waiting' ? started(context, command.now) : told(command, state, context, request);
  const reached = events.reduce(applyUnrecorded, state);
  return { events: [...events, ...completed(reached, context)] };
};

// Nothing that was asked so far is later than what is decided now.
const applyUnrecorded = (state: Staging, event: StagingEvent): Staging =>
  applyStaging(state, event, Number.MAX_SAFE_INTEGER);

const started = ({ intent, plan, distributed }: StagingContext, startedAt: number): readonly StagingEvent[] => {
  if (!distributed || !plan.passed || isHeld(intent)) return [];
  const parts = inParts(plannedNodes(plan).filter((nodeId) => !isLeftOut(intent, nodeId)));
  return parts.map((nodes, index) => ({
    type: 'StagingStarted',
    data: { part: index + 1, of: parts.length, nodes, startedAt },
  }));
};

const completed = (state: Staging, { intent, plan }: StagingContext): readonly StagingEvent[] => {
  if (state.status !== 'staging') return [];
  let staged = 0;
  for (const [nodeId, { status }] of state.nodes) {
    if (status === 'staged') staged += 1;
    else if (!isLeftOut(intent, nodeId)) return [];
  }
  const left = plannedNodes(plan).filter((nodeId) => state.nodes.get(nodeId)?.status !== 'staged');
  return [{ type: 'StagingCompleted', data: { staged, left } }];
};

const told = (
  command: StageCommand & Timed,
  state: Staging,
  context: StagingContext,
  request: Request,
): readonly StagingEvent[] => {
  if (state.status !== 'staging') return [];
  const { now } = command;
  const { stageMs } = request.strategy.timing;
  switch (command.type) {
    case 'Advance':
      return [];
    case 'NodeAnswered':
      return answered(command.answer, now, state, context);
    case 'NodeSilent': {
      const { nodeId, verb, forMs } = command;
      const attempt = windowOf(state, context)?.attempts.find((one) => one.nodeId === nodeId);
      if (!attempt || verb !== 'stage' || forMs < stageMs) return [];
      const evidence = `${nodeId} has given no answer to stage for ${Math.round(forMs)} ms.`;
      return failed(attempt, 'silent', evidence, now, request);
    }
    case 'DeadlinePassed': {
      const due = dueInStaging(state, context).find(({ key }) => key === command.key);
      if (!due || now < due.at) return [];
      const late = windowOf(state, context)?.attempts ?? [];
      const sentence = `had not staged when nothing had moved for ${stageMs} ms.`;
      return late.flatMap((attempt) => failed(attempt, 'stage-late', `${attempt.nodeId} ${sentence}`, now, request));
    }
    default:
      return assertNever(command);
  }
};

const answered = (
  answer: Answer,
  now: number,
  state: RunningStaging,
  { intent }: StagingContext,
): readonly StagingEvent[] => {
  const { nodeId, verb, attempt, status, outcome } = answer;
  const { request } = intent;
  const node = state.nodes.get(nodeId);
  if (
    !request ||
    verb !== 'stage' ||
    !isOfUpgrade(request, answer) ||
    !node ||
    node.status === 'staged' ||
    isLeftOut(intent, nodeId)
  ) {
    return [];
  }
  const current = attemptOf(nodeId, node, intent);
  const { partition, sha256 } = outcome?.written ?? {};
  // What is written and verified stands, whichever attempt it was.
  if (status === 'done' && partition && sha256 === request.release.sha256 && attempt <= (current ?? node).attempt) {
    return [{ type: 'NodeStaged', data: { nodeId, partition, digest: sha256, attempt, at: now } }];
  }
  if (attempt !== current?.attempt) return [];
  switch (status) {
    case 'accepted':
    case 'running':
      return [];
    case 'done': {
      const evidence = `${nodeId} wrote ${sha256 ?? 'nothing'} to ${partition ?? 'no partition'}, not ${request.release.sha256}.`;
      return failed(current, 'digest-mismatch', evidence, now, request);
    }
    case 'failed':
    case 'refused':
      return failed(current, answer.reason ?? status, `${inWords(answer)}.`, now, request);
    default:
      return assertNever(status);
  }
};

const failed = (
  { nodeId, attempt, seriesFrom }: Attempt,
  reason: string,
  said: string,
  at: number,
  { strategy }: Request,
): readonly StagingEvent[] => {
  const evidence = cutText(said);
  const final = attempt - seriesFrom + 1 >= strategy.staging.attemptsMax;
  const failure: StagingEvent = {
    type: 'NodeStagingFailed',
    data: { nodeId, attempt, reason, evidence, final, at },
  };
  if (!final) return [failure];
  const precheckCouldHaveCaught = couldPrecheckHaveCaught(reason);
  return [failure, { type: 'StagingStalled', data: { nodeId, reason, evidence, precheckCouldHaveCaught } }];
};

import type { Answer, DistributionEvent, Request, StageCommand } from '@baton/contracts';
import { assertNever, nothing, type Decision, type Timed } from '@baton/kernel';
import { cutText } from '../precheck/event-size.js';
import { inWords, isOfUpgrade } from '../upgrade/answer.js';
import { isDistributionOver, type DistributionContext } from './context.js';
import { dueInDistribution } from './due.js';
import { nextInDistribution } from './next.js';
import { applyDistribution, type Distribution, type Seed } from './state.js';

/** What the command tells, and everything that follows from it, for one append. */
export const decideDistribution = (
  command: StageCommand & Timed,
  state: Distribution,
  context: DistributionContext,
): Decision<DistributionEvent> => {
  const { request } = context.intent;
  if (!request || isDistributionOver(context)) return nothing;
  const events = [...told(command, state, context, request)];
  let reached = events.reduce(applyUnrecorded, state);
  for (;;) {
    const next = nextInDistribution(reached, context, request, command.now);
    if (!next) return { events };
    events.push(next);
    reached = applyUnrecorded(reached, next);
  }
};

// Nothing that was asked so far is later than what is decided now.
const applyUnrecorded = (state: Distribution, event: DistributionEvent): Distribution =>
  applyDistribution(state, event, Number.MAX_SAFE_INTEGER);

const told = (
  command: StageCommand & Timed,
  state: Distribution,
  context: DistributionContext,
  request: Request,
): readonly DistributionEvent[] => {
  if (state.status === 'waiting') return [];
  switch (command.type) {
    case 'Advance':
      return [];
    case 'NodeAnswered':
      return answered(command.answer, state.seeds, request);
    case 'NodeSilent': {
      const { nodeId, verb, forMs } = command;
      const seed = state.seeds.find((one) => one.nodeId === nodeId);
      const asked = seed && verb === (seed.stored ? 'inspect' : 'store');
      if (!asked || forMs < request.strategy.timing.silentMs) return [];
      return [lost(nodeId, 'silent', `${nodeId} has given no answer to ${verb} for ${Math.round(forMs)} ms.`)];
    }
    case 'DeadlinePassed': {
      const due = dueInDistribution(state, context).find(({ key }) => key === command.key);
      if (!due || command.now < due.at) return [];
      const { storeMs } = request.strategy.timing;
      return [lost(due.nodeId, 'store-late', `${due.nodeId} had not stored the artifact after ${storeMs} ms.`)];
    }
    default:
      return assertNever(command);
  }
};

const answered = (answer: Answer, seeds: readonly Seed[], request: Request): readonly DistributionEvent[] => {
  const { nodeId, verb, attempt, status } = answer;
  const seed = seeds.find((one) => one.nodeId === nodeId && one.attempt === attempt);
  if (!seed || seed.stored || verb !== 'store' || !isOfUpgrade(request, answer)) return [];
  switch (status) {
    case 'accepted':
    case 'running':
      return [];
    case 'done':
      return [stored(answer, request)];
    case 'failed':
    case 'refused':
      return [lost(nodeId, answer.reason ?? status, `${inWords(answer)}.`)];
    default:
      return assertNever(status);
  }
};

const stored = ({ nodeId, outcome }: Answer, { release }: Request): DistributionEvent => {
  const { sha256, size } = outcome?.written ?? { sha256: 'nothing', size: 0 };
  if (sha256 === release.sha256 && size === release.size) return { type: 'SeedStored', data: { nodeId, sha256, size } };
  const wanted = `${release.sha256} of ${release.size} bytes`;
  return lost(nodeId, 'digest-mismatch', `${nodeId} stored ${sha256} of ${size} bytes instead of ${wanted}.`);
};

const lost = (nodeId: string, reason: string, evidence: string): DistributionEvent => ({
  type: 'SeedLost',
  data: { nodeId, reason, evidence: cutText(evidence) },
});

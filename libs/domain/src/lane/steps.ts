import type { Answer, Facts, HolderActivated } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { booted, judgeBoot } from './judge-boot.js';
import { judgeStable } from './judge-stable.js';
import { saysGone } from './leave.js';
import type { Recording, Scene } from './scene.js';
import { stallOnAnswer } from './stall.js';
import type { Held, Life, StepAt } from './state.js';
import { hasGoneOver } from './target.js';

/** What the holder's answer means for the step it is at; an answer to an earlier question means nothing. */
export const takeAnswer = (scene: Scene<Held>, answer: Answer): Recording => {
  const { state } = scene;
  const { step } = state.holder;
  switch (step.name) {
    case 'granted':
      return drained(scene, answer);
    case 'drained':
      return activated(scene, step, answer);
    case 'activated':
      return answer.outcome?.facts ? judgeBoot(scene, step, answer.outcome.facts) : [];
    case 'booted':
      return judgeStable(scene, step, answer.outcome ?? {});
    case 'stable':
      return undrained(scene, answer);
    default:
      return assertNever(step);
  }
};

/** N-17: nothing goes down before its work was moved away; and whom we send down is on record before it goes. */
const drained = (scene: Scene<Held>, answer: Answer): Recording => {
  const { state, request, now } = scene;
  if (answer.verb !== 'drain') return [];
  if (isRefusal(answer)) return [stallOnAnswer(scene, 'drain-failed', answer)];
  if (answer.status !== 'done') return [];
  const { nodeId, epoch } = state.holder;
  const { bootId, runId } = answer;
  const data = { nodeId, epoch, bootId, runId, at: now };
  const { facts, hooks } = answer.outcome ?? {};
  if (!facts) return [{ type: 'HolderDrained', data }];
  const seen = {
    instanceId: facts.instanceId,
    version: facts.layers[request.release.layer],
    digest: facts.partitions[facts.active].sha256,
    ...(hooks && { hooks }),
  };
  return [{ type: 'HolderDrained', data: { ...data, ...seen } }];
};

/** what was moved away for its turn comes back only to a node that was shown stable. */
const undrained = (scene: Scene<Held>, answer: Answer): Recording => {
  if (answer.verb !== 'undrain') return [];
  if (isRefusal(answer)) return [stallOnAnswer(scene, 'undrain-failed', answer)];
  if (answer.status !== 'done') return [];
  const { nodeId, epoch } = scene.state.holder;
  return [{ type: 'HolderUndrained', data: { nodeId, epoch, hooks: answer.outcome?.hooks ?? [], at: scene.now } }];
};

/** N-11: the wanted partition is made the active one, then the node goes down; the answer may go down with it. */
const activated = (scene: Scene<Held>, step: StepAt<'drained'>, answer: Answer): Recording => {
  const facts = answer.outcome?.facts;
  if (answer.verb === 'inspect' && facts) return activatedUnheard(scene, step, facts);
  if (saysGone(answer)) return [activation(scene, answer, false)];
  if (answer.verb !== 'activate' && answer.verb !== 'revert') return [];
  if (isRefusal(answer)) return [stallOnAnswer(scene, 'activate-failed', answer)];
  if (answer.status !== 'done') return [];
  return [activation(scene, answer, answer.outcome?.alreadyActive ?? false)];
};

/** A node that came back on the target has activated, though nobody heard it say so. */
const activatedUnheard = (scene: Scene<Held>, step: StepAt<'drained'>, facts: Facts): Recording => {
  if (!hasGoneOver(scene, step.before, facts)) return [];
  return [activation(scene, step.before, false), booted(scene, facts)];
};

const activation = ({ state, now }: Scene<Held>, { bootId, runId }: Life, alreadyActive: boolean): HolderActivated => {
  const { nodeId, epoch } = state.holder;
  return { type: 'HolderActivated', data: { nodeId, epoch, bootId, runId, alreadyActive, at: now } };
};

const isRefusal = ({ status }: Answer): boolean => status === 'failed' || status === 'refused';

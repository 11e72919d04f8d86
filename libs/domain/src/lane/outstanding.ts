import type { Ask, AskArgs, Verb } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { looksOf, shortestStableMs } from './gates.js';
import { isBackAtWork } from './grant.js';
import { isCancellable, isEvicted, whyLeave } from './leave.js';
import { peersOf } from './peers.js';
import type { OnRecord } from './scene.js';
import type { Held, Stalled } from './state.js';
import { activationOf, wantedImage } from './target.js';

const BOOT_POLL_MS = 250;
const STALLED_POLL_MS = 1000;
const STABLE_POLL_MS = { min: 25, max: 1000 };
/** Four looks in the time that must be well: the last one comes soon after it. */
const LOOKS_PER_STABLE_TIME = 4;

/** What the holder is asked at its step: one order at a time, and the questions that show what became of it. */
export const askHolder = (scene: OnRecord<Held>): readonly Ask[] => {
  const { step, direction } = scene.state.holder;
  const { release, strategy } = scene.request;
  const goOver = direction === 'back' ? 'revert' : 'activate';
  const { version, layer, sha256, size } = release;
  const isLeaving = isEvicted(scene);
  switch (step.name) {
    case 'granted':
      return isLeaving ? [cancel(scene, 'drain')] : [ask(scene, 'drain', hooksOf(strategy.hooks?.drain))];
    case 'drained': {
      // The answer may be lost when the node goes down, so its next life is looked for at the same time.
      const look = ask(scene, 'inspect', { everyMs: BOOT_POLL_MS });
      if (isLeaving) return [cancel(scene, goOver), look];
      const image = wantedImage(scene);
      const how = { activation: activationOf(scene), ...(image !== undefined && { image }) };
      const args = { artifact: { version, layer, sha256, size }, ...how };
      return [ask(scene, goOver, { args }), look];
    }
    case 'activated':
      return [ask(scene, 'inspect', { everyMs: BOOT_POLL_MS })];
    case 'booted': {
      const { min, max } = STABLE_POLL_MS;
      const everyMs = Math.min(max, Math.max(min, Math.round(shortestStableMs(strategy) / LOOKS_PER_STABLE_TIME)));
      const { nodeIds, needed } = peersOf(scene);
      const gates = looksOf(strategy, needed);
      const args = { back: true, ...(gates.length > 0 && { gates }) };
      return [ask(scene, 'probe', { args, peers: nodeIds, everyMs })];
    }
    case 'stable':
      return isBackAtWork(step, strategy) ? [] : [ask(scene, 'undrain', hooksOf(strategy.hooks?.undrain))];
    default:
      return assertNever(step);
  }
};

const hooksOf = (hooks: readonly string[] = []): { readonly args: AskArgs } => ({
  args: hooks.length > 0 ? { hooks } : {},
});

/** Nothing is done to a stalled holder; it is only asked for what would let it give up its turn. */
export const askStalled = (scene: OnRecord<Stalled>): readonly Ask[] => {
  const { state } = scene;
  const { step, direction } = state.holder;
  const isSkipped = whyLeave(scene) !== undefined;
  const goOver = direction === 'back' ? 'revert' : 'activate';
  const isStoppable = isCancellable(state) && (isSkipped || isEvicted(scene));
  const stop = isStoppable ? [cancel(scene, step.name === 'granted' ? 'drain' : goOver)] : [];
  return isSkipped ? [...stop, ask(scene, 'inspect', { everyMs: STALLED_POLL_MS })] : stop;
};

const cancel = (scene: OnRecord<Held | Stalled>, verb: Verb): Ask =>
  ask(scene, 'cancel', { args: { cancels: { verb, attempt: scene.state.holder.attempt } } });

const ask = (
  { state: { course, holder }, request }: OnRecord<Held | Stalled>,
  verb: Verb,
  more: { readonly args?: AskArgs; readonly peers?: readonly string[]; readonly everyMs?: number } = {},
): Ask => {
  const { clusterId, upgradeId, upgradeNo } = request;
  const { nodeId, attempt, epoch } = holder;
  const instance = `${upgradeId}_${course.lane}`;
  return {
    clusterId,
    nodeId,
    verb,
    stage: 'rollout',
    upgradeId,
    upgradeNo,
    instance,
    attempt,
    epoch,
    args: {},
    ...more,
  };
};

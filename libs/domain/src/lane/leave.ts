import { isQuestion, type Answer, type Facts } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import type { OnRecord, Recording, Scene } from './scene.js';
import type { Held, Stalled } from './state.js';
import { activationOf, hasGoneOver, hasReturned, runningVersion, wentOver } from './target.js';
import { resumed } from './unblock.js';

type WithHolder = Scene<Held | Stalled>;

/** An eviction frees the token at once only where an operator made sure that the node is down and stays down. */
export const evictConfirmed = (scene: WithHolder): Recording => {
  const { nodeId, epoch } = scene.state.holder;
  if (!scene.intent.evicted[nodeId]?.confirmedDown) return [];
  const reason = 'an operator confirmed that it is down';
  return [...endStall(scene), { type: 'HolderEvicted', data: { nodeId, epoch, confirmedDown: true, reason } }];
};

/** The node itself gave up its turn: it will not go down for it any more. */
export const evictAcknowledged = (scene: WithHolder, answer: Answer): Recording => {
  if (!isEvicted(scene) || !hasCancelled(scene, answer)) return [];
  const { nodeId, epoch } = scene.state.holder;
  const reason = 'it acknowledged that its turn is over';
  return [...endStall(scene), { type: 'HolderEvicted', data: { nodeId, epoch, confirmedDown: false, reason } }];
};

/** A holder that is skipped, or left by an abort, gives up the token only when it is seen to be up and to stay up. */
export const skipOnSight = (scene: Scene<Stalled>, answer: Answer): Recording => {
  const reason = whyLeave(scene);
  // A report comes again until it is taken: what it saw may be from before the node went down.
  const facts = isReported(answer) ? undefined : answer.outcome?.facts;
  if (!reason || !facts || !isUp(facts) || !staysUp(scene, answer, facts)) return [];
  const version = runningVersion(scene, facts);
  if (version === undefined || !knownVersions(scene).includes(version)) return [];
  const { nodeId, epoch } = scene.state.holder;
  return [resumed(scene), { type: 'HolderSkipped', data: { nodeId, epoch, reason, version } }];
};

/** Why a stalled holder is to give up its turn; undefined: nobody wants that. */
export const whyLeave = ({ state, intent }: OnRecord<Stalled>): string | undefined => {
  if ((intent.skippedAt[state.holder.nodeId] ?? 0) > state.stalledAt) return 'skipped by an operator';
  if (intent.abortAt > 0) return 'left as it is by an abort';
  return state.action === 'skip' ? 'skipped by the strategy' : undefined;
};

export const isEvicted = ({ state, intent }: OnRecord<Held | Stalled>): boolean =>
  intent.evicted[state.holder.nodeId] !== undefined;

/** Until it has activated a node can give up its turn; after that it goes down whatever it is told. */
export const isCancellable = ({ holder }: Held | Stalled): boolean =>
  holder.step.name === 'granted' || holder.step.name === 'drained';

/** The node says that it has gone over; the life in which it says so is the one that did. */
export const saysGone = ({ verb, status, reason }: Answer): boolean =>
  verb === 'cancel' && status === 'refused' && reason === 'activated';

const hasCancelled = ({ state }: WithHolder, { verb, status }: Answer): boolean =>
  verb === 'cancel' && status === 'done' && isCancellable(state);

const isReported = ({ verb }: Answer): boolean => !isQuestion(verb) && verb !== 'cancel';

const isUp = ({ services, hypervisorUp }: Facts): boolean =>
  hypervisorUp && Object.values(services).every((service) => service === 'up');

/** A node that may still be about to go down for its token must not lose it while it is up. */
const staysUp = (scene: Scene<Stalled>, answer: Answer, facts: Facts): boolean => {
  const { step } = scene.state.holder;
  switch (step.name) {
    case 'granted':
      return hasCancelled(scene, answer);
    case 'drained':
      if (hasCancelled(scene, answer) || hasGoneOver(scene, step.before, facts)) return true;
      return saysGone(answer) && wentOver(activationOf(scene), answer, facts);
    case 'activated':
      return hasReturned(scene, step, facts);
    case 'booted':
    case 'stable':
      return true;
    default:
      return assertNever(step);
  }
};

/** What the cluster may go on with: the new version, and what this node, or any that is not known to have moved, ran before. */
const knownVersions = ({ state: { course, holder }, request }: WithHolder): readonly string[] => {
  const before = course.cameFrom.get(holder.nodeId)?.version;
  return [request.to, ...(before === undefined ? (request.running ?? [request.from]) : [before])];
};

const endStall = (scene: WithHolder): Recording =>
  scene.state.status === 'stalled' ? [resumed({ ...scene, state: scene.state })] : [];

import type { Direction, StageCommand, Strategy, TokenGranted } from '@baton/contracts';
import type { Due } from '@baton/kernel';
import { opensAt } from '../strategies/windows.js';
import { laneBackAt, nodeBackAt, type Intent } from '../upgrade/intent.js';
import type { OnRecord, Recording, Scene } from './scene.js';
import type { Course, Free, Held, Stalled, StepAt } from './state.js';

/** More grants than a lane of one upgrade will ever need, so that epochs rise from upgrade to upgrade. */
const GRANTS_PER_UPGRADE = 1_000_000;

/** Hands the token to a node; the caller has made sure that nobody holds it. */
export const grant = (
  { request, now }: Scene,
  { grants, attempts, cameFrom }: Course,
  nodeId: string,
  direction: Direction,
): TokenGranted => {
  const epoch = request.upgradeNo * GRANTS_PER_UPGRADE + grants + 1;
  const attempt = (attempts.get(nodeId) ?? 0) + 1;
  const digest = direction === 'forward' ? request.release.sha256 : (cameFrom.get(nodeId)?.digest ?? '');
  return { type: 'TokenGranted', data: { nodeId, epoch, direction, attempt, digest, at: now } };
};

/** Nobody may be granted anything, not even another attempt. */
export const isBarred = (intent: Intent): boolean => intent.paused || intent.abortAt > 0 || intent.ended !== undefined;

/** This lane goes no further: its holder ends, the nodes that still wait stay as they are. */
const isCutShort = ({ intent }: Scene, { direction, lane, wave }: Course): boolean =>
  intent.abortAt > 0 || (laneBackAt(intent, lane, wave) > 0 && direction === 'forward');

/** Another lane's stall stops this one too, where the strategy says so. */
const isHeldBack = ({ stalls }: OnRecord, { lane, wave }: Course): boolean =>
  stalls.some(
    (stall) => stall.lane !== lane && (stall.scope === 'upgrade' || (stall.scope === 'wave' && stall.wave === wave)),
  );

/** A node that waits and was skipped or evicted is out of the line at once, whoever holds the token. */
export const leaveOut = ({ state, intent }: Scene<Free | Held | Stalled>): Recording => {
  const { nodes, ended, direction, lane, wave } = state.course;
  // Hardly ever is anybody, and this is asked at every decision of a lane that may have a thousand nodes.
  if (Object.keys(intent.evicted).length + Object.keys(intent.skippedAt).length === 0) return [];
  // A skip on the way forward says nothing about the way back.
  const since = (one: string): number => (direction === 'back' ? nodeBackAt(intent, lane, wave, one) : 0);
  const isOut = (one: string): boolean => Boolean(intent.evicted[one]) || (intent.skippedAt[one] ?? 0) > since(one);
  const holder = 'holder' in state ? state.holder.nodeId : undefined;
  const nodeId = nodes.find((one) => one !== holder && !ended.has(one) && isOut(one));
  if (nodeId === undefined) return [];
  const eviction = intent.evicted[nodeId];
  if (!eviction) return [{ type: 'HolderSkipped', data: { nodeId, reason: 'skipped while it waited' } }];
  const { confirmedDown } = eviction;
  return [{ type: 'HolderEvicted', data: { nodeId, confirmedDown, reason: 'evicted while it waited' } }];
};

/** The token goes to the node that is asked back, to the next one in line, or the lane is done. */
export const passOn = (scene: Scene<Free>): Recording => {
  const { course } = scene.state;
  const back = askedBack(scene, course);
  const next = back ?? course.nodes.find((nodeId) => !course.ended.has(nodeId));
  if (next === undefined || isCutShort(scene, course)) return [close(course)];
  if (isBarred(scene.intent) || isHeldBack(scene, course)) return [];
  if (back !== undefined) return [grant(scene, course, next, 'back')];
  return awaitWindow(scene) ?? [grant(scene, course, next, course.direction)];
};

/** Windows hold back who would go next, on the way forward; undefined: one that goes now ends in a window. */
const awaitWindow = ({ state, request: { strategy }, now }: Scene<Free>): Recording | undefined => {
  const { windows, timing } = strategy;
  if (!windows || state.course.direction === 'back') return undefined;
  const until = opensAt(windows, now, timing.bootMs + timing.stableMs);
  if (until <= now) return undefined;
  return (state.heldUntil ?? 0) >= until ? [] : [{ type: 'WindowAwaited', data: { until, at: now } }];
};

/** When a lane that waits for a window looks again; a lane that waits for people too looks when they have spoken. */
export const windowDue = (scene: OnRecord<Free>): readonly Due<StageCommand>[] => {
  const { state, intent } = scene;
  const { course, heldUntil } = state;
  if (heldUntil === undefined || isBarred(intent) || isHeldBack(scene, course)) return [];
  return [{ key: `window/${heldUntil}`, at: heldUntil, command: { type: 'Advance' } }];
};

/** A node that has gone over in this lane and is to go back by itself, while the others go on. */
const askedBack = ({ intent: { turnedBack, evicted } }: Scene, { ended }: Course): string | undefined =>
  Object.keys(turnedBack.nodes).find((nodeId) => ended.get(nodeId) === 'upgraded' && !evicted[nodeId]);

const close = ({ lane, wave, direction, nodes, ended }: Course): Recording[number] => {
  const wanted = direction === 'forward' ? 'upgraded' : 'reverted';
  const skipped = nodes.filter((nodeId) => ended.get(nodeId) !== wanted);
  const done = nodes.filter((nodeId) => ended.get(nodeId) === wanted).length;
  return { type: 'LaneClosed', data: { lane, wave, direction, done, skipped } };
};

/** A stable holder gives the token back. */
export const giveBack = ({ state: { holder }, request }: Scene<Held>): Recording => {
  if (holder.step.name !== 'stable' || !isBackAtWork(holder.step, request.strategy)) return [];
  const { nodeId, epoch, direction } = holder;
  return [{ type: 'TokenReturned', data: { nodeId, epoch, outcome: direction === 'back' ? 'reverted' : 'upgraded' } }];
};

/** the hooks for after it was shown stable have run, where there are any. */
export const isBackAtWork = ({ isUndrained }: StepAt<'stable'>, { hooks }: Strategy): boolean =>
  isUndrained === true || (hooks?.undrain ?? []).length === 0;

import type { Answer, Ask, StageCommand, WaveGate, WaveRule, WaveStallReason } from '@baton/contracts';
import type { Due } from '@baton/kernel';
import { waveName } from '../plan/plan.js';
import { onFailureOf } from '../plan/wave-rules.js';
import { isOfUpgrade } from '../upgrade/answer.js';
import { failedIn, turnsOnTarget, type LaneSummary } from './lane-summary.js';
import type { OnRecord, Recording, Scene } from './scene.js';
import type { Rolling, Wave } from './state.js';
import { isCutShort, isDone, lanesToGo, ruleOf, wavesOf } from './waves.js';

const LOOK_EVERY_MS = 500;
const ATTEMPT = 1;

/** A wave is over when its lanes are done, its gates have shown what they want, and it has soaked. */
export const completeWave = (scene: Scene<Rolling>): Recording => {
  const { current, direction } = scene.state;
  if (!current || current.isCompleted || !isDone(scene, current)) return [];
  const { wave } = current;
  const over: Recording = [{ type: 'WaveCompleted', data: { wave, direction } }];
  if (direction === 'back' || isCutShort(scene)) return over;
  const rule: Partial<WaveRule> = ruleOf(scene, wave) ?? {};
  const end: Recording = rule.commitPoint ? [...over, { type: 'CommitPointReached', data: { wave } }] : over;
  if (!rule.gates && !rule.soakMs && rule.thresholds?.doneMin === undefined) return end;
  const { settling, stall } = current;
  if (!settling) return [{ type: 'WaveSettling', data: { wave, at: scene.now } }];
  if (stall || (rule.gates ?? []).some((gate) => !isShown(scene, current, gate))) return [];
  const few = tooFewDone(scene, current, rule);
  if (few) return few;
  return scene.now < settling.since + (rule.soakMs ?? 0) ? [] : end;
};

/** More have failed than the strategy bears: nobody else goes, whatever a single failure stops. */
export const stallWave = (scene: Scene<Rolling>): Recording => {
  const { current, direction } = scene.state;
  if (!current || current.isCompleted || current.stall || direction === 'back' || isCutShort(scene)) return [];
  const { failedMax } = ruleOf(scene, current.wave)?.thresholds ?? {};
  if (failedMax === undefined) return [];
  const [failed, nodes] = [failedOf(scene, current), nodesOf(scene, current)];
  if (failed <= current.tolerated || failed * 100 <= failedMax * nodes) return [];
  const evidence = `${failed} of the ${nodes} nodes of wave ${current.wave} failed; ${failedMax} percent are borne.`;
  return [stalled(scene, current, 'too-many-failed', evidence)];
};

/** Somebody has looked after it: its gates are judged anew, and what it came to is borne. */
export const resumeWave = ({ state: { current }, intent, now }: Scene<Rolling>): Recording =>
  current?.stall && intent.resumedAt > current.stall.position
    ? [{ type: 'WaveResumed', data: { wave: current.wave, at: now } }]
    : [];

/** V-22: whoever says that it is in a cluster of enough members; what it said before does not count. */
export const takeFormed = (scene: Scene<Rolling>, answer: Answer): Recording => {
  const { current } = scene.state;
  const { nodeId, verb, status, bootId, outcome } = answer;
  if (!current || verb !== 'inspect' || status !== 'done' || !isOfUpgrade(scene.request, answer)) return [];
  const members = outcome?.facts?.formed?.members;
  if (members === undefined || !lookedAt(scene).includes(nodeId)) return [];
  const known = current.settling?.formed.get(nodeId) ?? 0;
  const isNews = openGates(scene, current).some((gate) => {
    const needed = neededOf(scene, current, gate);
    return members >= needed && known < needed;
  });
  return isNews ? [{ type: 'NodeFormed', data: { wave: current.wave, nodeId, bootId, members } }] : [];
};

/** The nodes that have yet to say so are asked until they do. */
export const askFormed = (scene: OnRecord<Rolling>): readonly Ask[] => {
  const { clusterId, upgradeId, upgradeNo } = scene.request;
  const common = { clusterId, stage: 'rollout', upgradeId, upgradeNo, instance: upgradeId } as const;
  return lookedAt(scene).map((nodeId) => ({
    ...common,
    ...{ nodeId, verb: 'inspect', attempt: ATTEMPT, args: {}, everyMs: LOOK_EVERY_MS },
  }));
};

/** V-23: what was not shown in time stalls the wave, and may have all go back that may: the gateway asks for that. */
export const gateMissed = (scene: Scene<Rolling>, key: string): Recording => {
  const { current } = scene.state;
  const gate = current && openGates(scene, current).find((one) => keyOf(current, one) === key);
  if (!gate || !current?.settling || scene.now < current.settling.judgedFrom + gate.timeoutMs) return [];
  const evidence = missing(scene, current, gate);
  const back = wavesOf(lanesToGo(scene, 'back'), 'back').length;
  const { action } = onFailureOf(scene.request.strategy, waveName(scene.plan, current.wave));
  const isAllToGoBack = (gate.onTimeout ?? action) === 'roll-back-all' && back > 0;
  return [stalled(scene, current, 'not-formed', evidence, isAllToGoBack ? 'roll-back-all' : undefined)];
};

/** When a gate was to be shown, and when the wave has soaked. */
export const settlingDue = (scene: OnRecord<Rolling>): readonly Due<StageCommand>[] => {
  const { current, direction } = scene.state;
  if (!current?.settling || current.isCompleted || current.stall || direction === 'back') return [];
  const { since, judgedFrom } = current.settling;
  const gates = openGates(scene, current);
  if (gates.length > 0) {
    return gates.map((gate) => {
      const key = keyOf(current, gate);
      return { key, at: judgedFrom + gate.timeoutMs, command: { type: 'DeadlinePassed', key } };
    });
  }
  const soakMs = ruleOf(scene, current.wave)?.soakMs ?? 0;
  return [{ key: `soak/${current.wave}/${since}`, at: since + soakMs, command: { type: 'Advance' } }];
};

const keyOf = ({ wave, settling }: Wave, { gate }: WaveGate): string => `${gate}/${wave}/${settling?.judgedFrom}`;

const stalled = (
  scene: Scene<Rolling>,
  current: Wave,
  reason: WaveStallReason,
  evidence: string,
  action?: 'roll-back-all',
): Recording[number] => {
  const seen = { wave: current.wave, reason, evidence, failed: failedOf(scene, current) };
  return { type: 'WaveStalled', data: { ...seen, ...(action && { action }), at: scene.now } };
};

const tooFewDone = (scene: Scene<Rolling>, current: Wave, rule: Partial<WaveRule>): Recording | undefined => {
  const { doneMin } = rule.thresholds ?? {};
  if (doneMin === undefined || current.settling?.isAccepted) return undefined;
  const [done, nodes] = [overIn(scene, current).length, nodesOf(scene, current)];
  if (done * 100 >= doneMin * nodes) return undefined;
  const evidence = `${done} of the ${nodes} nodes of wave ${current.wave} are done; ${doneMin} percent are wanted.`;
  return [stalled(scene, current, 'too-few-done', evidence)];
};

const lanesIn = ({ lanes }: OnRecord, current: Wave): readonly LaneSummary[] =>
  current.lanes.flatMap((lane) => lanes[lane] ?? []);

const failedOf = (scene: OnRecord, current: Wave): number =>
  lanesIn(scene, current).reduce((sum, lane) => sum + failedIn(lane, scene.request), 0);

const nodesOf = ({ plan }: OnRecord, { wave }: Wave): number =>
  plan.lanes.reduce((sum, lane) => sum + (lane.wave === wave ? lane.nodes.length : 0), 0);

/** Its nodes that run the new version and are still of the cluster. */
const overIn = (scene: OnRecord, current: Wave): readonly string[] =>
  lanesIn(scene, current)
    .flatMap((lane) => turnsOnTarget(lane, scene.request))
    .map(({ nodeId }) => nodeId)
    .filter((nodeId) => !scene.intent.evicted[nodeId]);

/** How many members a node must be in touch with, and how many nodes must be. */
const neededOf = (scene: OnRecord, current: Wave, { gate }: WaveGate): number => {
  const all = overIn(scene, current).length;
  return gate === 'quorum' ? Math.floor(all / 2) + 1 : all;
};

/** Its nodes that have yet to say that they are in touch with enough others. */
const silentFor = (scene: OnRecord, current: Wave, gate: WaveGate): readonly string[] => {
  const needed = neededOf(scene, current, gate);
  return overIn(scene, current).filter((nodeId) => (current.settling?.formed.get(nodeId) ?? 0) < needed);
};

const isShown = (scene: OnRecord, current: Wave, gate: WaveGate): boolean => {
  const all = overIn(scene, current).length;
  return all === 0 || all - silentFor(scene, current, gate).length >= neededOf(scene, current, gate);
};

/** The gates that are being judged and have not been shown. */
const openGates = (scene: OnRecord<Rolling>, current: Wave): readonly WaveGate[] => {
  const isOver = current.isCompleted || current.stall !== undefined || scene.state.direction === 'back';
  if (!current.settling || isOver || isCutShort(scene)) return [];
  return (ruleOf(scene, current.wave)?.gates ?? []).filter((gate) => !isShown(scene, current, gate));
};

const lookedAt = (scene: OnRecord<Rolling>): readonly string[] => {
  const { current } = scene.state;
  if (!current) return [];
  return [...new Set(openGates(scene, current).flatMap((gate) => silentFor(scene, current, gate)))];
};

const NAMED_MAX = 20;

const missing = (scene: OnRecord, current: Wave, gate: WaveGate): string => {
  const needed = neededOf(scene, current, gate);
  const names = silentFor(scene, current, gate).slice(0, NAMED_MAX).join(', ');
  return `${names} did not say within ${gate.timeoutMs} ms to have formed a cluster of at least ${needed} members again.`;
};

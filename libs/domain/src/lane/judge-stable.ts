import type { Facts, HolderStable, Outcome, ProbeResult } from '@baton/contracts';
import { deadlineOf, isPast } from './deadlines.js';
import { offTarget } from './judge-boot.js';
import { peersOf, reachedPeers } from './peers.js';
import type { Recording, Scene } from './scene.js';
import { stall, type Finding } from './stall.js';
import type { Held, StepAt } from './state.js';
import { activationOf, isSameLife, isTarget, runningVersion } from './target.js';

/**
 * N-14: the token leaves a node only on one answer that shows all of it at once: the boot on record, the version,
 * the services, and its peers reached both ways. Whatever misses until the deadline is the reason of the stall.
 */
export const judgeStable = (scene: Scene<Held>, step: StepAt<'booted'>, { facts, probe }: Outcome): Recording => {
  // Half of the evidence is none: the other half might be from another moment.
  if (!facts || !probe) return [];
  const activation = activationOf(scene);
  const version = runningVersion(scene, facts);
  if (!isSameLife(activation, step.life, facts)) {
    // A late answer from before the boot shows nothing but its own age.
    if (isSameLife(activation, step.before, facts)) return [];
    // After a stall it is judged as it is now, however often it went down while an operator saw to it.
    if (!step.isResumed) return [stall(scene, wentDownAgain(scene, step, facts, version))];
  }
  if (version !== undefined && !isTarget(scene, version)) return [stall(scene, offTarget(scene, facts, version))];
  const finding = unwell(scene, facts, probe);
  if (!finding) return [stable(scene, facts, probe)];
  return isPast(scene) ? [stall(scene, finding, deadlineOf(scene).ms)] : [];
};

/** N-16: nobody told it to, so the new version does that, and the next node would do it too. */
const wentDownAgain = (
  scene: Scene<Held>,
  { life }: StepAt<'booted'>,
  facts: Facts,
  version: string | undefined,
): Finding => {
  if (version !== undefined && !isTarget(scene, version)) return offTarget(scene, facts, version);
  const evidence = `${facts.nodeId} came back and went down again: boot ${life.bootId}, run ${life.runId}, then boot ${facts.bootId}, run ${facts.runId}`;
  return { reason: 'flapping', evidence };
};

const unwell = (scene: Scene<Held>, facts: Facts, probe: ProbeResult): Finding | undefined =>
  servicesDown(scene, facts) ??
  hypervisorDown(facts) ??
  peersUnreached(scene, facts, probe) ??
  notYetLong(scene, facts);

const servicesDown = (scene: Scene<Held>, facts: Facts): Finding | undefined => {
  const { layer } = scene.request.release;
  const services = Object.entries(facts.services).filter(([, service]) => service !== 'up');
  const components = Object.entries(facts.components).filter(([, component]) => component === 'down');
  const down = [...services, ...components].map(([name]) => name);
  if (runningVersion(scene, facts) === undefined) down.push(layer);
  return down.length === 0
    ? undefined
    : { reason: 'service-down', evidence: `${facts.nodeId} runs without ${down.join(', ')}` };
};

// No upgrade of a node takes its hypervisor away, so this was to be seen before.
const hypervisorDown = ({ nodeId, hypervisorUp }: Facts): Finding | undefined =>
  hypervisorUp
    ? undefined
    : { reason: 'service-down', evidence: `The hypervisor under ${nodeId} is down`, precheckCouldHaveCaught: true };

const peersUnreached = (scene: Scene<Held>, { nodeId }: Facts, probe: ProbeResult): Finding | undefined => {
  const peers = peersOf(scene);
  if (reachedPeers(peers, probe).length >= peers.needed) return undefined;
  const { failures } = probe;
  const pairs = failures.map(({ from, to, reason }) => `${from} does not reach ${to} (${reason})`);
  const seen = pairs.length > 0 ? pairs.join(', ') : `it tried ${probe.reached} ways only`;
  const evidence = `${nodeId} is not in touch with ${peers.nodeIds.join(', ')}: ${seen}`;
  return { reason: 'peer-unreachable', evidence, failures, precheckCouldHaveCaught: true };
};

const notYetLong = ({ request }: Scene<Held>, { nodeId, healthyForMs }: Facts): Finding | undefined => {
  const { stableMs } = request.strategy.timing;
  if (healthyForMs >= stableMs) return undefined;
  return {
    reason: 'not-stable',
    evidence: `${nodeId} has been well for ${healthyForMs} ms only, not for ${stableMs} ms`,
  };
};

const stable = (scene: Scene<Held>, facts: Facts, probe: ProbeResult): HolderStable => {
  const { nodeId, epoch } = scene.state.holder;
  const { healthyForMs, bootId, services } = facts;
  const version = runningVersion(scene, facts) ?? '';
  const probes = reachedPeers(peersOf(scene), probe).flatMap((peer) => [
    { from: nodeId, to: peer },
    { from: peer, to: nodeId },
  ]);
  const evidence = { healthyForMs, bootId, version, services: Object.keys(services).length, probes };
  return { type: 'HolderStable', data: { nodeId, epoch, evidence } };
};

import type { Facts, FailureAction, GateSight, HolderStable, Outcome, ProbeResult } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { gatesOf, isNamed, sightOf, verdictOf, type TimedGate } from './gates.js';
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
export const judgeStable = (scene: Scene<Held>, step: StepAt<'booted'>, outcome: Outcome): Recording => {
  const { facts, probe, gates = [] } = outcome;
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
  const elapsedMs = scene.now - step.at;
  const open = unshown(scene, { facts, probe, gates }, elapsedMs);
  if (open.length === 0) return [stable(scene, facts, probe, gates)];
  const over = open.find(({ isOver }) => isOver);
  return over ? [stall(scene, over.finding, over.allowedMs, over.action)] : [];
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

/** What is not shown yet, or never will be. */
interface Unshown {
  readonly finding: Finding;
  readonly allowedMs: number;
  readonly isOver: boolean;
  readonly action?: FailureAction;
}

type Seen = Required<Pick<Outcome, 'facts' | 'probe' | 'gates'>>;

const unshown = (scene: Scene<Held>, seen: Seen, elapsedMs: number): readonly Unshown[] => {
  const { strategy } = scene.request;
  const allowedMs = strategy.timing.stableWithinMs;
  const finding = unwell(scene, seen);
  const byTiming = finding ? [{ finding, allowedMs, isOver: elapsedMs >= allowedMs }] : [];
  return [...byTiming, ...gatesOf(strategy).flatMap((gate) => throughGate(scene, gate, seen, elapsedMs))];
};

/** A gate that the strategy names; the time that ran out is the one that counts. */
const throughGate = (scene: Scene<Held>, gate: TimedGate, seen: Seen, elapsedMs: number): readonly Unshown[] => {
  const sight = sightOf(gate, seen.gates);
  const verdict = verdictOf(gate, sight, elapsedMs);
  const finding = (): Finding => gateFinding(scene, gate, seen, sight);
  switch (verdict) {
    case 'passed':
      return [];
    case 'open':
      return [{ finding: finding(), allowedMs: gate.timeoutMs, isOver: false }];
    case 'failed':
      return [{ finding: finding(), allowedMs: gate.retryMs ?? 0, isOver: true }];
    case 'late':
      return [{ finding: finding(), allowedMs: gate.timeoutMs, isOver: true, action: gate.onTimeout }];
    default:
      return assertNever(verdict);
  }
};

const gateFinding = (scene: Scene<Held>, gate: TimedGate, seen: Seen, sight: GateSight | undefined): Finding => {
  const { nodeId } = seen.facts;
  const notLong = (): Finding => ({
    reason: 'not-stable',
    evidence: `${nodeId} has passed ${gate.gate} for ${sight?.ok ? sight.forMs : 0} ms only, not for ${gate.stableMs} ms`,
  });
  switch (gate.gate) {
    case 'services':
      return servicesDown(scene, seen.facts) ?? notLong();
    case 'peers':
      return peersUnreached(scene, seen.facts, seen.probe) ?? notLong();
    case 'http': {
      if (!sight || sight.ok) return notLong();
      const evidence = `${nodeId} answers ${gate.path} with ${sight.seen}, not with HTTP ${gate.status ?? 200}`;
      return { reason: 'http-unwell', evidence };
    }
    default:
      return assertNever(gate.gate);
  }
};

/** What `timing` judges: all that no gate is named for. */
const unwell = (scene: Scene<Held>, { facts, probe }: Seen): Finding | undefined => {
  const [services, peers] = [isNamed(scene.request, 'services'), isNamed(scene.request, 'peers')];
  return (
    (services ? undefined : servicesDown(scene, facts)) ??
    hypervisorDown(facts) ??
    (peers ? undefined : peersUnreached(scene, facts, probe)) ??
    (services ? undefined : notYetLong(scene, facts))
  );
};

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

const stable = (scene: Scene<Held>, facts: Facts, probe: ProbeResult, sights: readonly GateSight[]): HolderStable => {
  const { nodeId, epoch } = scene.state.holder;
  const { healthyForMs, bootId, services } = facts;
  const version = runningVersion(scene, facts) ?? '';
  const probes = reachedPeers(peersOf(scene), probe).flatMap((peer) => [
    { from: nodeId, to: peer },
    { from: peer, to: nodeId },
  ]);
  const gates = gatesOf(scene.request.strategy).flatMap((gate) => {
    const { path, forMs = 0 } = sightOf(gate, sights) ?? {};
    return [{ gate: gate.gate, ...(path !== undefined && { path }), forMs }];
  });
  const seen = { healthyForMs, bootId, version, services: Object.keys(services).length, probes };
  const evidence = { ...seen, ...(gates.length > 0 && { gates }) };
  // Only where something is to come of it that may be late.
  const at = scene.request.strategy.hooks?.undrain && { at: scene.now };
  return { type: 'HolderStable', data: { nodeId, epoch, evidence, ...at } };
};

import type { Answer, Facts, LaneEvent, LaneOpened, Outcome, Request, Strategy, Verb } from '@baton/contracts';
import type { Decision, Event } from '@baton/kernel';
import { given, type Given } from '@baton/testing';
import { laneStage } from '../src/lane/stage.js';
import { UPGRADE, facts, intended, request, strategy } from './precheck-fixtures.js';

export const LANE = `${UPGRADE}_main`;
export const NODES = ['n1', 'n2', 'n3', 'n4'];
/** Of the third upgrade of the cluster, as `request` says. */
export const epoch = (grant: number): number => 3_000_000 + grant;

/** An event of the lane. */
export const onLane = <T extends LaneEvent['type']>(
  type: T,
  data: Extract<LaneEvent, { readonly type: T }>['data'],
): Given => ({ stream: `lane-${LANE}`, type, data });

export const onRollout = (type: string, data: unknown): Given => ({ stream: `rollout-${UPGRADE}`, type, data });

export const opened = (nodes: readonly string[] = NODES, over: Partial<LaneOpened['data']> = {}): Given =>
  onLane('LaneOpened', {
    ...{ lane: 'main', wave: 1, direction: 'forward', part: 1, of: 1, witnesses: [] },
    ...over,
    nodes,
  });

/** The turn of a node, event by event; each of its tokens has a number. */
export const turn = (nodeId: string, grant: number, attempt = 1, direction: 'forward' | 'back' = 'forward') => {
  const token = { nodeId, epoch: epoch(grant) };
  const digest = direction === 'forward' ? 'a'.repeat(64) : '';
  const old = { bootId: `boot-${nodeId}`, runId: `run-${nodeId}` };
  const now = { bootId: `boot-${nodeId}-${grant}`, runId: `run-${nodeId}-${grant}` };
  const layers = { software: direction === 'forward' ? '1.1.0' : '1.0.0' };
  const evidence = { healthyForMs: 1000, bootId: now.bootId, version: layers.software, services: 2, probes: [] };
  const ran = { instanceId: `instance-${nodeId}`, version: '1.0.0', digest: 'd'.repeat(64) };
  const granted = onLane('TokenGranted', { ...token, direction, attempt, digest, at: 1000 });
  const drained = onLane('HolderDrained', { ...token, ...old, ...ran, at: 1000 });
  const activated = onLane('HolderActivated', {
    ...{ ...token, ...old, alreadyActive: false, at: 1000 },
  });
  const booted = onLane('HolderBooted', { ...token, ...now, layers, at: 1000 });
  const stable = onLane('HolderStable', { ...token, evidence });
  const outcome = direction === 'forward' ? 'upgraded' : 'reverted';
  const returned = onLane('TokenReturned', { ...token, outcome });
  return {
    granted: [granted],
    drained: [granted, drained],
    activated: [granted, drained, activated],
    booted: [granted, drained, activated, booted],
    done: [granted, drained, activated, booted, stable, returned],
    stalled: onLane('LaneStalled', {
      ...token,
      ...{ reason: 'boot-late', evidence: `${nodeId} is away.`, precheckCouldHaveCaught: false, at: 2000 },
    }),
    /** The node's facts before it goes down, and in the life after. */
    before: (over: Partial<Facts> = {}) => facts(nodeId, over),
    after: (over: Partial<Facts> = {}) => facts(nodeId, { ...now, instanceId: 'new', layers, ...over }),
    answer: (verb: Verb, outcome: Outcome = {}, over: Partial<Answer> = {}): Answer => ({
      ...{ clusterId: 'demo', nodeId, verb, stage: 'rollout', upgradeId: UPGRADE, upgradeNo: 3, instance: LANE },
      ...{ attempt, epoch: epoch(grant), status: 'done', ...old, outcome },
      ...over,
    }),
  };
};

/** One answer that shows everything that stability takes. */
export const wellProbed = (peers: number) => ({ reached: 2 * peers, failures: [] });

export const asked = (over: Partial<Strategy> = {}, more: Partial<Request> = {}): Given =>
  intended('UpgradeRequested', request({ strategy: strategy({ onFailure: { scope: 'lane' }, ...over }), ...more }));

/** Events and lists of events, in order. */
export type History = readonly (Given | History)[];
export const flatten = (history: History): readonly Given[] =>
  history.flatMap((one) => (Array.isArray(one) ? flatten(one as History) : [one as Given]));

/** A lane with this history, of an upgrade from 1.0.0 to 1.1.0. */
export const lane = (...history: History) => {
  const flat = flatten(history);
  const isAsked = flat.some(({ type }) => type === 'UpgradeRequested');
  return given(laneStage, LANE, isAsked ? flat : [asked(), ...flat]);
};

export type Lane = ReturnType<typeof lane>;

export const eventsOf = <E extends Event>(decision: Decision<E>): readonly E[] =>
  'events' in decision ? decision.events : [];

/** What the lane records at a time, 5000 unless told. */
export const advance = (of: Lane, now = 5000) => eventsOf(of.when({ type: 'Advance', now }));
export const answered = (of: Lane, answer: Answer, now = 5000) =>
  eventsOf(of.when({ type: 'NodeAnswered', answer, now }));
export const passed = (of: Lane, now: number) =>
  of.due().flatMap(({ command }) => eventsOf(of.when({ ...command, now })));

export const typesOf = (events: readonly { readonly type: string }[]): readonly string[] =>
  events.map(({ type }) => type);

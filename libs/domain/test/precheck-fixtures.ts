import { createHash } from 'node:crypto';
import type { Answer, Facts, Member, Outcome, Release, Request, Strategy, Surroundings } from '@baton/contracts';
import type { Given } from '@baton/testing';
import type { ExaminedNode, PrecheckFacts } from '../src/precheck/check.js';

export const UPGRADE = 'u01k00000000000000000000001';
export const SIZE = 1000;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const release = (over: Partial<Release> = {}): Release => ({
  version: '1.1.0',
  layer: 'software',
  kind: 'software',
  sha256: 'a'.repeat(64),
  size: SIZE,
  ...over,
});

export const strategy = (over: Partial<Strategy> = {}): Strategy => ({
  name: 'one-by-one',
  title: 'One reboot at a time',
  description: 'One node of each lane at a time.',
  layer: 'software',
  activation: 'reboot',
  seeds: 2,
  checks: {},
  staging: { perSource: 4, attemptsMax: 3 },
  waves: [{ name: 'nodes', lanes: { label: 'lane' } }],
  timing: {
    storeMs: 60_000,
    stageMs: 60_000,
    drainMs: 10_000,
    activateMs: 10_000,
    bootMs: 60_000,
    stableMs: 1000,
    stableWithinMs: 30_000,
    precheckMs: 60_000,
    silentMs: 30_000,
  },
  onFailure: { scope: 'upgrade' },
  autoCommit: true,
  ...over,
});

export const request = (over: Partial<Request> = {}): Request => ({
  upgradeId: UPGRADE,
  upgradeNo: 3,
  clusterId: 'demo',
  from: '1.0.0',
  to: '1.1.0',
  release: release(),
  strategy: strategy(),
  autoCommit: true,
  dryRun: false,
  ...over,
});

export const surroundings = (over: Partial<Surroundings> = {}): Surroundings => ({
  leftoverTokens: [],
  otherUpgrades: [],
  releases: [],
  artifactIntact: true,
  artifactEvidence: 'size and sha256 are as registered',
  quarantined: false,
  ...over,
});

export const member = (nodeId: string, over: Partial<Member> = {}): Member => ({
  nodeId,
  labels: {},
  failureDomain: `rack-${nodeId}`,
  layers: { software: '1.0.0', hypervisor: '9.0.1' },
  ...over,
});

export const facts = (nodeId: string, over: Partial<Facts> = {}): Facts => ({
  nodeId,
  bootId: `boot-${nodeId}`,
  runId: `run-${nodeId}`,
  instanceId: `instance-${nodeId}`,
  active: 'A',
  passive: 'B',
  partitions: { A: { version: '1.0.0', state: 'good' }, B: { state: 'empty' } },
  layers: { software: '1.0.0', hypervisor: '9.0.1' },
  services: { storage: 'up', metadata: 'up' },
  components: { medusa: 'ok', stargate: 'ok', zookeeper: 'ok' },
  hypervisorUp: true,
  healthyForMs: 60_000,
  upForMs: 60_000,
  freeBytes: 10 * SIZE,
  failureDomain: `rack-${nodeId}`,
  labels: {},
  upgradeNo: 2,
  epoch: 2_000_004,
  ...over,
});

export const examined = (
  nodeId: string,
  over: Partial<Facts> = {},
  more: Partial<ExaminedNode> = {},
): ExaminedNode => ({
  nodeId,
  member: member(nodeId),
  facts: facts(nodeId, over),
  probe: { reached: 3, failed: 0, failures: [] },
  peers: 3,
  ports: [],
  names: [],
  ...more,
});

export const precheckFacts = (nodes: readonly ExaminedNode[], over: Partial<PrecheckFacts> = {}): PrecheckFacts => ({
  request: request(),
  nodes,
  surroundings: surroundings(),
  planDigest: 'd'.repeat(64),
  lanes: [],
  ...over,
});

export const answer = (nodeId: string, outcome: Outcome, attempt = 1): Answer => ({
  clusterId: 'demo',
  nodeId,
  verb: outcome.facts ? 'inspect' : 'probe',
  stage: 'precheck',
  upgradeId: UPGRADE,
  upgradeNo: 3,
  instance: UPGRADE,
  attempt,
  status: 'done',
  bootId: `boot-${nodeId}`,
  runId: `run-${nodeId}`,
  outcome,
});

/** An event of the upgrade's intent. */
export const intended = (type: string, data: unknown = {}): Given => ({ stream: `upgrade-${UPGRADE}`, type, data });
/** An event of the prechecks themselves. */
export const happened = (type: string, data: unknown): Given => ({ stream: `precheck-${UPGRADE}`, type, data });

export const requested = (over: Partial<Request> = {}): Given => intended('UpgradeRequested', request(over));
export const started = (ids: readonly string[], run = 1, over: Partial<Surroundings> = {}): Given =>
  happened('PrecheckStarted', {
    run,
    part: 1,
    of: 1,
    members: ids.map((id) => member(id)),
    surroundings: surroundings(over),
    startedAt: 1000,
  });
export const factsOf = (nodeId: string, over: Partial<Facts> = {}, run = 1): Given =>
  happened('FactsCollected', { run, nodeId, facts: facts(nodeId, over) });
export const probed = (nodeId: string, reached: number, run = 1): Given =>
  happened('NodeProbed', { run, nodeId, reached, failed: 0, failures: [] });

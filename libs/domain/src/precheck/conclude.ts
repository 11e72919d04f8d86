import type { PrecheckEvent, Request } from '@baton/contracts';
import type { Intent } from '../upgrade/intent.js';
import { makePlan, type MadePlan } from '../plan/make-plan.js';
import type { Check, ExaminedNode } from './check.js';
import { inParts } from './event-size.js';
import { looksOf } from './looks.js';
import { runChecks } from './run-checks.js';
import type { Collecting } from './state.js';

export interface PrecheckTools {
  readonly checks: readonly Check[];
  /** sha256 of a text as 64 hex digits. */
  readonly sha256: (text: string) => string;
}

/** The members that are still of the cluster: an evicted one is neither asked nor planned. */
export const presentMembers = (state: Collecting, intent: Intent): Collecting['members'] =>
  Object.keys(intent.evicted).length === 0
    ? state.members
    : state.members.filter(({ nodeId }) => intent.evicted[nodeId] === undefined);

export const isComplete = (state: Collecting, intent: Intent): boolean =>
  state.surroundings !== undefined &&
  presentMembers(state, intent).every(({ nodeId }) => state.facts.has(nodeId) && state.probes.has(nodeId));

const examine = (state: Collecting, intent: Intent, request: Request): readonly ExaminedNode[] => {
  const members = presentMembers(state, intent);
  const looks = looksOf(members, request.strategy);
  return members.map((member) => {
    const { peers, ports, names } = looks(member.nodeId);
    return {
      nodeId: member.nodeId,
      member,
      facts: state.facts.get(member.nodeId),
      probe: state.probes.get(member.nodeId),
      peers: peers.length,
      ports,
      names,
    };
  });
};

const planned = (run: number, digest: string, { lanes, disruption, summary }: MadePlan): readonly PrecheckEvent[] => [
  ...lanes.flatMap(({ wave, lane, nodes }) => {
    const parts = inParts(nodes);
    return parts.map((part, index): PrecheckEvent => {
      const data = { run, wave, lane, part: index + 1, of: parts.length, nodes: part };
      return { type: 'LanePlanned', data };
    });
  }),
  ...(disruption.length === 0 ? [] : inParts(disruption)).map((workloads, index, { length }): PrecheckEvent => {
    const data = { run, part: index + 1, of: length, workloads };
    return { type: 'DisruptionPlanned', data };
  }),
  { type: 'PlanMade', data: { run, digest, summary } },
];

/** Runs the checks over what is known, and says everything that follows: the findings, and the plan or the refusal. */
export const conclude = (
  { checks, sha256 }: PrecheckTools,
  state: Collecting,
  intent: Intent,
): readonly PrecheckEvent[] => {
  const { request } = intent;
  const { run, surroundings } = state;
  if (!request || !surroundings) return [];
  const nodes = examine(state, intent, request);
  const plan = makePlan(request, nodes);
  const planDigest = sha256(plan.digestText);
  const facts = { request, nodes, surroundings, planDigest, lanes: plan.lanes };
  const findings = runChecks(checks, run, facts, intent.waivers);
  const failed = new Set(findings.filter(({ type }) => type === 'CheckFailed').map(({ data }) => data.check));
  if (failed.size > 0) return [...findings, { type: 'PrecheckFailed', data: { run, failed: [...failed] } }];
  const warnings = findings.filter(({ type }) => type === 'CheckWarned').length;
  return [...findings, ...planned(run, planDigest, plan), { type: 'PrecheckPassed', data: { run, warnings } }];
};

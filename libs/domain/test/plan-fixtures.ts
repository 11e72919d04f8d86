import type { HaRow, Member, Request, Strategy, WaveRule, Workload } from '@baton/contracts';
import type { ExaminedNode } from '../src/precheck/check.js';
import { makePlan, type MadePlan } from '../src/plan/make-plan.js';
import { examined, member, request, strategy } from './precheck-fixtures.js';

/** A node as a plan sees it. */
export interface Seen {
  readonly labels?: Member['labels'];
  readonly serves?: readonly (string | Workload)[];
  readonly version?: string;
  readonly services?: readonly string[];
}

/** Nodes by id, in the order in which they are given. */
export const nodesOf = (seen: Readonly<Record<string, Seen>>): readonly ExaminedNode[] =>
  Object.entries(seen).map(([nodeId, { labels = {}, serves = [], version = '1.0.0', services = [] }]) =>
    examined(
      nodeId,
      {
        layers: { software: version },
        workloads: serves.map((one) => (typeof one === 'string' ? { name: one } : one)),
        services: Object.fromEntries(services.map((name) => [name, 'up'])),
      },
      { member: member(nodeId, { labels, layers: { software: version } }) },
    ),
  );

/** The plan of a strategy with these waves. */
export const planOf = (
  seen: Readonly<Record<string, Seen>>,
  waves: readonly WaveRule[],
  over: Partial<Request> = {},
  more: Partial<Strategy> = {},
): MadePlan => makePlan(request({ strategy: strategy({ waves, ...more }), ...over }), nodesOf(seen));

/** Lanes as `1 a: n1 n2`. */
export const lanesIn = ({ lanes }: MadePlan): readonly string[] =>
  lanes.map(({ wave, lane, nodes }) => `${wave} ${lane}: ${nodes.join(' ')}`);

/** The workloads that are disrupted, each with the node that goes over. */
export const disruptedIn = ({ disruption }: MadePlan): readonly string[] =>
  disruption.filter(({ disrupted }) => disrupted).map(({ nodeId, workload }) => `${workload} on ${nodeId}`);

/** A strategy that goes by these rows. */
export const byRows = (rows: readonly HaRow[]): [Partial<Request>, Partial<Strategy>] => [
  { ha: { rules: rows } },
  { ha: 'rules' },
];

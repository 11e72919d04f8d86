import type { Facts, HaTable, ImagesTable, Membership, ModesTable, PrecheckEvent, Release } from '@baton/contracts';
import type { PlannedDisruption, PlanSummary, Request, Strategy } from '@baton/contracts';
import { recorded, shippedStrategy, shippedTable, type Given } from '@baton/testing';
import { foldCluster, noCluster } from '../src/cluster/cluster.js';
import { conclude } from '../src/precheck/conclude.js';
import { looksOf } from '../src/precheck/looks.js';
import { parseStrategy } from '../src/strategies/parse-strategy.js';
import { parseTable } from '../src/tables/parse-table.js';
import { foldIntent, noIntent } from '../src/upgrade/intent.js';
import { decideOutcome } from '../src/upgrade/outcome.js';
import type { RequestUpgrade } from '../src/upgrade/request-upgrade.js';
import { decideRequest } from '../src/upgrade/request.js';
import { allChecks } from './all-checks.js';
import { facts, sha256, surroundings } from './precheck-fixtures.js';

type Tables = { readonly modes: ModesTable; readonly ha: HaTable; readonly images: ImagesTable };

/** A strategy as it ships, under its random name. */
export const shipped = (name: string): Strategy => {
  const read = parseStrategy(shippedStrategy(name));
  if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('; '));
  return read.strategy;
};

/** A table as it ships. */
export const tableOf = <K extends keyof Tables>(name: string, kind: K): Tables[K] => {
  const read = parseTable(shippedTable(name));
  if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('; '));
  if (read.table.kind !== kind) throw new Error(`${name} is no table of ${kind}`);
  return read.table as Tables[K];
};

/** A node that runs this version of the software, on an image if it has one, and what else it says when it is asked. */
export interface Running {
  readonly labels?: Membership['labels'];
  readonly version: string;
  readonly image?: string;
  /** The software that it ran before. */
  readonly before?: string;
  readonly facts?: Partial<Facts>;
}

const memberOf = ([nodeId, { labels = {}, version, image, before }]: readonly [string, Running]): Membership => {
  const held = (software: string) => ({
    ...{ version: software, state: 'good' as const },
    ...(image !== undefined && { ran: { software, image } }),
  });
  return {
    ...{ clusterId: 'demo', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A', labels },
    partitions: { A: held(version), B: before === undefined ? { state: 'empty' } : held(before) },
    ...{ layers: { software: version, ...(image !== undefined && { image }) }, failureDomain: `rack-${nodeId}` },
  };
};

/** What comes of a request: nothing but a refusal, or all that the prechecks say, and what that means for the upgrade. */
export interface Story {
  readonly refused?: string;
  readonly request?: Request;
  /** As `1 n1 n2`, by wave. */
  readonly lanes: readonly string[];
  readonly disruption: readonly PlannedDisruption[];
  readonly summary?: PlanSummary;
  readonly failed: readonly string[];
  readonly warned: readonly string[];
  /** Types of events. */
  readonly outcome: readonly string[];
}

const NOTHING: Story = { lanes: [], disruption: [], failed: [], warned: [], outcome: [] };

const told = (story: Story, { type, data }: PrecheckEvent): Story => {
  switch (type) {
    case 'LanePlanned':
      return { ...story, lanes: [...story.lanes, `${data.wave} ${data.nodes.join(' ')}`] };
    case 'DisruptionPlanned':
      return { ...story, disruption: [...story.disruption, ...data.workloads] };
    case 'PlanMade':
      return { ...story, summary: data.summary };
    case 'CheckFailed':
      return { ...story, failed: [...new Set([...story.failed, data.check])] };
    case 'CheckWarned':
      return { ...story, warned: [...new Set([...story.warned, data.check])] };
    default:
      return story;
  }
};

/** From the request to the end of the prechecks, through all that decides on the way; every probe finds what it looks for. */
export const throughPrechecks = (
  asked: Partial<RequestUpgrade> & Pick<RequestUpgrade, 'strategy'>,
  nodes: Readonly<Record<string, Running>>,
  releases: readonly Release[],
): Story => {
  const members = Object.entries(nodes).map(memberOf);
  const begun: readonly Given[] = [{ stream: 'cluster-demo', type: 'ClusterCreated', data: { clusterId: 'demo' } }];
  const decided = decideRequest(
    { upgradeId: 'u1', clusterId: 'demo', dryRun: false, force: false, disruptive: false, ...asked },
    {
      ...{ cluster: recorded(begun).reduce(foldCluster, noCluster), members, checks: allChecks },
      catalogue: releases.map((release) => ({ status: 'uploaded', release })),
    },
  );
  if ('refused' in decided) return { ...NOTHING, refused: decided.refused.message };
  const asWritten = [...begun, ...decided.events.map((event) => ({ stream: 'upgrade-u1', ...event }))];
  const history = recorded(asWritten);
  const intent = history.filter(({ stream }) => stream === 'upgrade-u1').reduce(foldIntent, noIntent);
  const { request } = intent;
  if (!request) throw new Error('nothing was requested');
  const backupId = decided.events.find((event) => event.type === 'BackupTaken')?.data.backupId;
  const around = surroundings({ releases, ...(backupId !== undefined && { backupId }) });
  const looks = looksOf(members, request.strategy);
  const checked = conclude(
    { checks: allChecks, sha256 },
    {
      ...{ status: 'collecting', run: 1, startedAt: 1000, members, surroundings: around },
      facts: new Map(members.map((member) => [member.nodeId, factsOf(member, nodes)])),
      probes: new Map(
        members.map(({ nodeId }) => {
          const { peers, ports, names } = looks(nodeId);
          const open = ports.map((look) => ({
            ...{ to: 'host' in look ? look.host : look.nodeId, port: look.port, ok: true, seen: 'open' },
          }));
          const resolved = names.map(({ name }) => ({ name, ok: true, seen: 'resolved' }));
          return [nodeId, { reached: peers.length, failed: 0, failures: [], ports: open, names: resolved }];
        }),
      ),
    },
    intent,
  );
  const all = recorded([...asWritten, ...checked.map((event) => ({ stream: 'precheck-u1', ...event }))]);
  const cluster = all.filter(({ stream }) => stream === 'cluster-demo').reduce(foldCluster, noCluster);
  const outcome = all.flatMap((event) => {
    const means = decideOutcome(event, intent, cluster, { upgradeId: 'u2', catalogue: [] });
    return 'events' in means ? means.events.map(({ type }) => type) : [];
  });
  return { ...checked.reduce(told, NOTHING), request, outcome };
};

const factsOf = ({ nodeId, labels, layers, partitions }: Membership, nodes: Readonly<Record<string, Running>>): Facts =>
  facts(nodeId, { labels, layers, partitions, upgradeNo: 0, epoch: 0, ...nodes[nodeId]?.facts });

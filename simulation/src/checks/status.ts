import { groupBy, isOfType, nameOf, nodeOf, recordOf, textOf, epochOf } from '../evidence/event.js';
import { isEnd } from '../evidence/turns.js';
import type { Upgrade } from '../evidence/upgrades.js';
import type { Findings } from '../findings.js';
import type { Exported, History } from '../history.js';
import type { Check } from './check.js';
import { isOfAPart } from './moving.js';

type Status = History['statuses'][number];
type Part = Readonly<Record<string, unknown>>;

const ENDED: Readonly<Record<string, string>> = {
  UpgradeCompleted: 'completed',
  UpgradeRolledBack: 'rolled-back',
  UpgradeAborted: 'aborted',
  UpgradeFinalized: 'finalized',
};

const partsOf = (status: Status, field: string): readonly Part[] => {
  const parts = status[field];
  return Array.isArray(parts) ? (parts as readonly Part[]) : [];
};

/** How it ended, unless somebody turned it back since. */
const endOf = ({ intent }: Upgrade): Exported | undefined => {
  const last = intent.findLast((event) => isOfType(event, ...Object.keys(ENDED), 'RollbackRequested'));
  return last && ENDED[nameOf(last)] !== undefined ? last : undefined;
};

/** Compares a field of a status with what the log says. */
type Compare = (what: string, said: unknown, logged: unknown, at?: Exported) => void;

const compareHead = (status: Status, upgrade: Upgrade, compare: Compare): void => {
  const { request, events } = upgrade;
  const last = events.at(-1);
  const strategy = recordOf(request, 'strategy');
  for (const field of ['upgradeNo', 'clusterId', 'from', 'to', 'dryRun']) {
    compare(field, status[field], request?.data[field], request);
  }
  compare('strategy', status['strategy'], strategy['name'], request);
  const asked = (status['asked'] ?? {}) as Part;
  for (const field of ['reason', 'force', 'disruptive']) {
    compare(`asked.${field}`, asked[field], request?.data[field] || undefined, request);
  }
  compare('position', status['position'], last?.position, last);
  compare('startedAt', status['startedAt'], request?.time, request);
  compare('updatedAt', status['updatedAt'], last?.time, last);
  const gone = upgrade.intent.findLast((event) => event.data['continuedBy'] !== undefined);
  compare('continuedBy', status['continuedBy'], gone?.data['continuedBy'], gone ?? last);
  const wish = upgrade.intent.findLast((event) => isOfType(event, 'RetargetRequested', 'AbortRequested'));
  compare('retargetedTo', status['retargetedTo'], wish?.data['to'], wish ?? last);
  compare('retargets', status['retargets'], request?.data['retargets'], request);
  const end = endOf(upgrade);
  if (end) {
    compare('state', status['state'], ENDED[nameOf(end)], end);
    compare('endedAt', status['endedAt'], end.time, end);
  } else if (!upgrade.isDryRun) {
    compare('end', Object.values(ENDED).includes(String(status['state'])), false, last);
  }
};

const compareLanes = (status: Status, { upgradeId, events }: Upgrade, compare: Compare): void => {
  const said = new Map(partsOf(status, 'lanes').map((lane) => [`lane-${upgradeId}_${String(lane['lane'])}`, lane]));
  const ofLanes = events.filter(({ subject }) => subject.startsWith('lane-'));
  for (const [stream, own] of groupBy(ofLanes, ({ subject }) => subject)) {
    const lane = said.get(stream) ?? {};
    const opening = own.findLast((event) => isOfType(event, 'LaneOpened', 'LaneClosed'));
    const isClosed = opening !== undefined && isOfType(opening, 'LaneClosed');
    compare(`${stream} is closed`, lane['state'] === 'closed', isClosed, opening);
    const direction = own.findLast((event) => isOfType(event, 'LaneOpened'));
    compare(`direction of ${stream}`, lane['direction'], direction?.data['direction'], direction);
    const moved = own.findLast((event) => isOfType(event, 'TokenGranted') || isEnd(event));
    const holder = moved && isOfType(moved, 'TokenGranted') ? `${nodeOf(moved)} ${epochOf(moved)}` : undefined;
    const token = lane['token'] as Part | undefined;
    compare(`token of ${stream}`, token && `${String(token['nodeId'])} ${String(token['epoch'])}`, holder, moved);
    const stall = own.findLast((event) => isOfType(event, 'LaneStalled', 'LaneResumed', 'LaneClosed'));
    const isStalled = stall !== undefined && isOfType(stall, 'LaneStalled');
    compare(`${stream} is stalled`, lane['state'] === 'stalled', isStalled, stall);
  }
};

/** What the last event that names a node says that it is; undefined: it takes more than that to know. */
const stateAfter = (event: Exported): string | undefined => {
  switch (nameOf(event)) {
    case 'TokenReturned':
      return { upgraded: 'stable', reverted: 'reverted' }[textOf(event, 'outcome')];
    case 'HolderSkipped':
      return 'skipped';
    case 'HolderEvicted':
      return 'evicted';
    case 'NodeFinalized':
      return 'finalized';
    case 'LaneStalled':
      return 'failed';
    default:
      return undefined;
  }
};

const names = (event: Exported, nodeId: unknown): boolean => {
  const { nodes } = event.data;
  return nodeOf(event) === nodeId || (Array.isArray(nodes) && nodes.includes(nodeId));
};

/** What a node runs by the last event of its turns that tells. */
const versionAfter = (events: readonly Exported[], layer: string): readonly [Exported, unknown] | undefined => {
  const last = events.findLast(
    (event) => isOfType(event, 'HolderBooted', 'LaneStalled') || textOf(event, 'version') !== '',
  );
  if (!last) return undefined;
  if (isOfType(last, 'HolderBooted')) return [last, recordOf(last, 'layers')[layer]];
  return isOfType(last, 'HolderSkipped') ? [last, textOf(last, 'version')] : undefined;
};

const compareNodes = (status: Status, { events, layer }: Upgrade, compare: Compare): void => {
  const said = partsOf(status, 'nodes');
  for (const node of said) {
    const { nodeId } = node;
    const own = events.filter((event) => names(event, nodeId));
    const last = own.at(-1);
    const state = last && stateAfter(last);
    if (state !== undefined) compare(`state of ${String(nodeId)}`, node['state'], state, last);
    const version = versionAfter(own, layer);
    const layers = (node['layers'] ?? {}) as Part;
    if (version) compare(`version of ${String(nodeId)}`, layers[layer], version[1], version[0]);
  }
  const granted = events.filter((event) => isOfType(event, 'TokenGranted'));
  for (const event of granted) {
    const isThere = said.some(({ nodeId }) => nodeId === nodeOf(event));
    compare(`${nodeOf(event)} is there`, isThere, true, event);
  }
};

/** Sums are counted again from what the same status says of its nodes, which was compared with the log. */
const compareSums = (status: Status, upgrade: Upgrade, compare: Compare): void => {
  const counts: Record<string, number> = {};
  const nodes = partsOf(status, 'nodes');
  for (const { state, layers } of nodes) {
    const version = ((layers ?? {}) as Part)[upgrade.layer];
    if (state !== 'evicted' && typeof version === 'string') counts[version] = (counts[version] ?? 0) + 1;
  }
  const text = (versions: unknown): string =>
    Object.entries((versions ?? {}) as Part)
      .map(([version, count]) => `${version}: ${String(count)}`)
      .toSorted()
      .join(', ');
  const last = upgrade.events.at(-1);
  compare('versions', text(status['versions']), text(counts), last);
  if (status['stage'] !== 'rollout') return;
  const isBack = upgrade.intent.some((event) => isOfType(event, 'RollbackRequested') && !isOfAPart(event));
  const holders = partsOf(status, 'lanes').map(({ token }) => (token as Part | undefined)?.['nodeId']);
  const over = isBack ? ['reverted'] : ['stable', 'finalized'];
  const done = nodes.filter(
    ({ state, nodeId }) => over.includes(String(state)) && (isBack || !holders.includes(nodeId)),
  );
  compare('progress', (status['progress'] as Part | undefined)?.['done'], done.length, last);
};

const compareStatus = (status: Status, upgrade: Upgrade, findings: Findings): void => {
  const compare: Compare = (what, said, logged, at) => {
    const where = at ?? `statuses.ndjson ${upgrade.upgradeId}`;
    const sentence = `${what} is ${JSON.stringify(said)} in the status of ${upgrade.upgradeId}, ${JSON.stringify(logged)} in the log`;
    findings.look(where, [said === logged, sentence]);
  };
  compareHead(status, upgrade, compare);
  compareLanes(status, upgrade, compare);
  compareNodes(status, upgrade, compare);
  compareSums(status, upgrade, compare);
};

const statusIsFold: Check = {
  invariant: 'INV-10',
  says: 'the last status of each upgrade says what the log says',
  of: 'fields of statuses',
  needs: ['log', 'statuses'],
  look: ({ upgrades, statuses }, findings) => {
    const said = groupBy(statuses, ({ upgradeId }) => String(upgradeId));
    for (const [upgradeId, [status]] of said) {
      const upgrade = upgrades.get(upgradeId);
      findings.look(`statuses.ndjson ${upgradeId}`, [upgrade?.request !== undefined, 'the log has no such upgrade']);
      if (upgrade?.request && status) compareStatus(status, upgrade, findings);
    }
    for (const { upgradeId, request, isDryRun } of upgrades.values()) {
      if (!request || isDryRun) continue;
      const count = said.get(upgradeId)?.length ?? 0;
      findings.look(request, [count === 1, `there are ${count} statuses of ${upgradeId}`]);
    }
  },
};

export const statusChecks: readonly Check[] = [statusIsFold];

import { categoryOf, clusterOf, nameOf, type Exported, type History, type TruthLine } from '../history.js';
import type { Violations } from '../violations.js';

const nodeKey = (cluster: string, node: unknown): string => `${cluster}/${String(node)}`;

interface Down {
  readonly line: TruthLine;
  readonly from: number;
  readonly until: number;
}

/** When each machine was down, by its own record. */
const downTimes = (truth: readonly TruthLine[]): readonly Down[] => {
  const open = new Map<string, TruthLine>();
  const downs: Down[] = [];
  for (const line of [...truth].sort((a, b) => a.monotonicMs - b.monotonicMs)) {
    const key = nodeKey(line.clusterId, line.nodeId);
    const before = open.get(key);
    if (before) downs.push({ line: before, from: before.monotonicMs, until: line.monotonicMs });
    if (line.event === 'down') open.set(key, line);
    else open.delete(key);
  }
  for (const line of open.values()) downs.push({ line, from: line.monotonicMs, until: Infinity });
  return downs;
};

const grants = ({ log }: History): readonly Exported[] => log.filter((event) => nameOf(event) === 'TokenGranted');

/** Every node that went down for a token had been granted that very epoch. */
export const downOnlyWithToken = (history: History): Violations => {
  const granted = new Set(
    grants(history).map((event) => `${nodeKey(clusterOf(event), event.data['nodeId'])}/${String(event.data['epoch'])}`),
  );
  return history.truth.flatMap(({ clusterId, nodeId, event, by, epoch }) => {
    if (event !== 'down' || by !== 'token') return [];
    const has = granted.has(`${nodeKey(clusterId, nodeId)}/${String(epoch)}`);
    return has ? [] : [`${clusterId}/${nodeId} went down for epoch ${String(epoch)}, which nobody granted it`];
  });
};

/** Down times by the token never overlap in a lane; what a fault or a crash took down is not counted. */
export const neverTwoDown = (history: History): Violations => {
  const laneOf = new Map<string, string>();
  for (const event of grants(history)) {
    laneOf.set(`${nodeKey(clusterOf(event), event.data['nodeId'])}/${String(event.data['epoch'])}`, event.subject);
  }
  const downs = downTimes(history.truth)
    .filter(({ line }) => line.by === 'token')
    .map((down) => ({
      ...down,
      lane: laneOf.get(`${nodeKey(down.line.clusterId, down.line.nodeId)}/${String(down.line.epoch)}`),
    }))
    .sort((a, b) => a.from - b.from);
  return downs.flatMap((one, index) =>
    downs
      .slice(index + 1)
      .filter((other) => other.lane === one.lane && other.line.nodeId !== one.line.nodeId && other.from < one.until)
      .map((other) => `${one.line.nodeId} and ${other.line.nodeId} of ${String(one.lane)} were down together`),
  );
};

/** From one boot to the next order to go over, the active partition holds the same bytes. */
export const passiveOnly = ({ truth }: History): Violations => {
  const running = new Map<string, TruthLine>();
  return [...truth]
    .sort((a, b) => a.monotonicMs - b.monotonicMs)
    .flatMap((line) => {
      const key = nodeKey(line.clusterId, line.nodeId);
      const up = running.get(key);
      if (line.event === 'up') running.set(key, line);
      if (line.event === 'up' || !up) return [];
      const changed = up.digests[up.active] !== line.digests[up.active];
      return changed ? [`${key} ran ${up.active} and its bytes changed while it ran`] : [];
    });
};

/** What a node activated it had staged and read back before, in the same upgrade. */
export const stagedBeforeActivated = ({ log }: History): Violations => {
  const staged = new Map<string, unknown>();
  return log.flatMap((event) => {
    const { nodeId, digest, direction } = event.data;
    const key = `${String(event.upgradeid)}/${String(nodeId)}`;
    if (nameOf(event) === 'NodeStaged') staged.set(key, digest);
    if (nameOf(event) !== 'TokenGranted' || direction !== 'forward') return [];
    return staged.get(key) === digest ? [] : [`${event.id} grants ${String(nodeId)} a digest it has not staged`];
  });
};

/** A boot by the token brings up bytes that the log knows as staged. */
export const bootsWhatWasStaged = (history: History): Violations => {
  const known = new Set(history.log.flatMap((event) => (nameOf(event) === 'NodeStaged' ? [event.data['digest']] : [])));
  const initial = new Map<string, unknown>();
  return history.truth.flatMap((line) => {
    const key = nodeKey(line.clusterId, line.nodeId);
    const digest = line.digests[line.active];
    if (!initial.has(key)) initial.set(key, digest);
    if (line.event !== 'up' || line.by !== 'token') return [];
    return known.has(digest) || initial.get(key) === digest ? [] : [`${key} came up on bytes that nobody staged`];
  });
};

/** An effect has one outcome in a node's journal, however often it was asked for. */
export const effectOnce = ({ journals }: History): Violations => {
  const seen = new Map<string, string>();
  return journals.flatMap(({ outcome }) => {
    if (!outcome) return [];
    const { clusterId, nodeId, upgradeNo, verb, attempt, epoch, status } = outcome;
    const key = `${nodeKey(clusterId, nodeId)} ${upgradeNo}/${verb}/${attempt}/${epoch ?? '-'}`;
    const before = seen.get(key);
    seen.set(key, status);
    return before === undefined || before === status ? [] : [`${key} ended as ${before} and as ${status}`];
  });
};

/** INV-10: the last status over HTTP says what the log says. */
export const statusIsFold = ({ log, statuses }: History): Violations =>
  statuses.flatMap((status) => {
    const upgradeId = status['upgradeId'];
    const events = log.filter((event) => event.upgradeid === upgradeId);
    const last = events.at(-1)?.position;
    if (status['position'] !== last)
      return [`the status of ${String(upgradeId)} is at ${String(status['position'])}, its log at ${String(last)}`];
    const booted = new Map<unknown, string | undefined>();
    for (const event of events) {
      if (categoryOf(event) !== 'lane' || nameOf(event) !== 'HolderBooted') continue;
      booted.set(event.data['nodeId'], (event.data['layers'] as Readonly<Record<string, string>>)['software']);
    }
    const nodes = (status['nodes'] ?? []) as readonly {
      readonly nodeId: string;
      readonly layers: Readonly<Record<string, string>>;
    }[];
    return nodes.flatMap(({ nodeId, layers }) => {
      const version = booted.get(nodeId);
      return version === undefined || layers['software'] === version
        ? []
        : [`the status of ${nodeId} says ${String(layers['software'])}, the log ${String(version)}`];
    });
  });

import type { LaneStatus, NodeState, NodeStatus, PartitionName, UpgradeStatus } from '@baton/contracts';
import pc from 'picocolors';
import { paintNode, paintUpgrade } from './marks.js';
import type { Screen } from './screen.js';
import { bar, count, duration, pad, wrap } from './text.js';

/** What is known about one cluster's upgrade at this moment. */
export interface UpgradePicture {
  readonly clusterId: string;
  readonly gatewayUrl: string;
  /** Absent before the read models know it. */
  readonly status?: UpgradeStatus;
  /** How far a node's running transfer is, 0 to 1. */
  readonly transfers: ReadonlyMap<string, number>;
  readonly down: ReadonlySet<string>;
  /** The most nodes that were seen down at once. */
  readonly downMost: number;
  readonly requests: { readonly sent: number; readonly failed: number };
}

const STAGES = ['precheck', 'distribution', 'staging', 'rollout'] as const;
const ENDED = new Set(['completed', 'finalized', 'rolled-back', 'aborted']);
// With the names of the stages and `1000/1000` in 80 columns.
const BAR = 16;
const INDENT = '  ';
const TRANSFER_BAR = 12;
const TRANSFERS: ReadonlySet<NodeState> = new Set(['waiting', 'storing', 'staging']);
// n2 stands before n10.
const byNumber = new Intl.Collator('en', { numeric: true });
const PARTITIONS: readonly PartitionName[] = ['A', 'B'];

/** The block of one upgrade, in at most so many rows; nothing that a person has to know is cut off at the columns. */
export const upgradeBlock = (picture: UpgradePicture, now: number, size: Screen['size']): readonly string[] => {
  const { columns, rows } = size;
  const { status } = picture;
  if (!status) return [`  ${pc.bold(picture.clusterId)}  ${pc.dim('waits for its nodes')}`];
  const head = [headline(status, now), stageLine(status), ''];
  const blockers = blockerLines(status, picture.gatewayUrl).flatMap((line) =>
    wrap(line.split(' '), ' ', columns - INDENT.length),
  );
  const foot = ['', footLine(picture), ...blockers];
  const nodes = nodeLines(picture, status, now, Math.max(2, rows - head.length - foot.length));
  return [...head, ...nodes, ...foot].map((line) => (line === '' ? '' : `${INDENT}${line}`));
};

const headline = (status: UpgradeStatus, now: number): string => {
  const end = status.endedAt === undefined ? now : Date.parse(status.endedAt);
  const elapsed = duration(Math.max(0, end - Date.parse(status.startedAt)));
  const path = `${status.from} ${pc.dim('→')} ${pc.bold(status.to)}`;
  return `${pc.bold(status.clusterId)}  ${path}  ${paintUpgrade(status.state)}  ${pc.dim(`${status.strategy} · ${elapsed}`)}`;
};

const stageLine = (status: UpgradeStatus): string => {
  const current = STAGES.indexOf(status.stage);
  const isOver = ENDED.has(status.state);
  const stages = STAGES.map((stage, index) => {
    if (index < current || (isOver && index === current)) return pc.green(`✔ ${stage}`);
    return index === current ? pc.cyan(`● ${stage}`) : pc.dim(`○ ${stage}`);
  });
  const { done, total } = status.progress;
  const [full, empty] = bar(total === 0 ? 0 : done / total, BAR);
  return `${stages.join('  ')}   ${pc.green(full)}${pc.dim(empty)}${total === 0 ? '' : ` ${done}/${total}`}`;
};

const nodeLines = (picture: UpgradePicture, status: UpgradeStatus, now: number, rows: number): readonly string[] => {
  const nodes = status.nodes.toSorted((a, b) => byNumber.compare(a.nodeId, b.nodeId));
  if (nodes.length === 0) return [pc.dim('its nodes are being asked')];
  const shown = nodes.length < rows ? nodes : mostTelling(nodes).slice(0, rows - 2);
  const rest = nodes.length - shown.length;
  const widths = {
    node: Math.max(4, ...shown.map(({ nodeId }) => nodeId.length)),
    lane: Math.max(4, ...shown.map(({ lane = '' }) => lane.length)),
  };
  const title = `${pad('node', widths.node)}  ${pad('lane', widths.lane)}  ${pad('state', 11)}  ${pad('  A', 9)} ${pad('  B', 9)}`;
  const lines = shown.map((node) => {
    const lane = status.lanes.find(({ token }) => token?.nodeId === node.nodeId);
    const cells = [
      pc.bold(pad(node.nodeId, widths.node)),
      pc.dim(pad(node.lane ?? '-', widths.lane)),
      pad(paintNode(node.state), 11),
      PARTITIONS.map((name) => partitionCell(node, name)).join(' '),
    ];
    return `${cells.join('  ')} ${notes(picture, node, lane, now)}`.trimEnd();
  });
  return [pc.dim(title.trimEnd()), ...lines, ...(rest > 0 ? [pc.dim(`and ${rest} more`)] : [])];
};

/** Those that something happens to first. */
const mostTelling = (nodes: readonly NodeStatus[]): readonly NodeStatus[] => {
  const quiet = new Set(['waiting', 'staged', 'stable', 'stored']);
  return [...nodes.filter(({ state }) => !quiet.has(state)), ...nodes.filter(({ state }) => quiet.has(state))];
};

/** The active one stands out and has a mark. */
const partitionCell = (node: NodeStatus, name: PartitionName): string => {
  const partition = node.partitions?.[name];
  const version = partition?.version ?? (node.active === name ? (node.layers['software'] ?? '?') : '-');
  if (node.active === name) return pc.bold(pad(`▸ ${version}`, 9));
  return partition?.state === 'bad' ? pc.red(pad(`✖ ${version}`, 9)) : pc.dim(pad(`  ${version}`, 9));
};

const notes = (
  { transfers, down }: UpgradePicture,
  node: NodeStatus,
  lane: LaneStatus | undefined,
  now: number,
): string => {
  const parts: string[] = [];
  if (lane?.token) {
    const held = duration(Math.max(0, now - Date.parse(lane.token.since)));
    parts.push(`${pc.yellow(`◀ token ${lane.token.epoch}`)} ${pc.dim(held)}`);
  }
  // A heartbeat may be older than what the log says.
  const part = TRANSFERS.has(node.state) ? transfers.get(node.nodeId) : undefined;
  if (part !== undefined) {
    const [full, empty] = bar(part, TRANSFER_BAR);
    parts.push(`${pc.cyan(full)}${pc.dim(empty)} ${Math.round(part * 100)} %`);
  }
  if (down.has(node.nodeId)) parts.push(pc.magenta('down'));
  if (node.attempt > 1) parts.push(pc.yellow(`attempt ${node.attempt}`));
  if (node.error !== undefined) parts.push(pc.red(node.error));
  return parts.join('  ');
};

const footLine = ({ requests, down, downMost }: UpgradePicture): string => {
  const failed = requests.failed === 0 ? pc.green('0 failed') : pc.red(`${count(requests.failed)} failed`);
  return (
    pc.dim(`workload ${count(requests.sent)} requests, `) +
    failed +
    pc.dim(` · down now ${down.size}, at most ${downMost}`)
  );
};

/** What it waits for, once it waits for a person, and where the requests stand that end the wait. */
export const blockerLines = ({ blockedBy, state, upgradeId }: UpgradeStatus, gatewayUrl: string): readonly string[] => {
  if (state !== 'stalled' && state !== 'blocked' && state !== 'paused') return [];
  const lines = blockedBy.flatMap(({ what, remedy, unblock }) => [
    `${pc.red('■')} ${what}${remedy === undefined ? '' : ` ${remedy}`}`,
    ...(unblock.length > 0 ? [pc.dim(`  may be asked: ${unblock.join(', ')}`)] : []),
  ]);
  return [...lines, `  how: ${gatewayUrl}/v1/upgrades/${upgradeId}/explain`];
};

import type { UpgradeStatus } from '@baton/contracts';
import pc from 'picocolors';
import { paintUpgrade } from './marks.js';
import { count, duration, pad } from './text.js';

export interface UpgradeResult {
  readonly status: UpgradeStatus;
  readonly events: number;
  readonly downMost: number;
  readonly requests: { readonly sent: number; readonly failed: number; readonly elsewhere: number };
}

/** Over, and every node is on the new version. */
export const isUpgraded = ({ status }: UpgradeResult): boolean =>
  ['completed', 'finalized'].includes(status.state) && status.nodes.length === (status.versions[status.to] ?? 0);

/** What became of one upgrade. */
export const summary = (result: UpgradeResult): readonly string[] => {
  const { status, events, downMost, requests } = result;
  const { clusterId, to, state, nodes, versions, startedAt, endedAt, updatedAt } = status;
  const onTarget = versions[to] ?? 0;
  const took = Date.parse(endedAt ?? updatedAt) - Date.parse(startedAt);
  const title = isUpgraded(result)
    ? `${pc.green('✔')} ${pc.bold(clusterId)} is on ${pc.bold(to)}`
    : `${pc.red('✖')} ${pc.bold(clusterId)} is not on ${pc.bold(to)}: ${paintUpgrade(state)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['duration', duration(took)],
    ['versions', versionsText(versions, to)],
    ['nodes', `${onTarget} of ${nodes.length} on ${to}`],
    ['down at once', downMost <= 1 ? `at most ${pc.green(String(downMost))}` : `at most ${downMost}`],
    ['workload', workloadText(requests)],
    ['events', `${count(events)} of this upgrade`],
  ];
  return [
    title,
    '',
    ...rows.map(([name, value]) => `  ${pc.dim(pad(name, 14))}${value}`),
    ...status.blockedBy.map(({ what, remedy = '' }) => `  ${pc.red('■')} ${what} ${remedy}`.trimEnd()),
  ];
};

const versionsText = (versions: UpgradeStatus['versions'], to: string): string =>
  Object.entries(versions)
    .map(([version, nodes]) => (version === to ? pc.green(`${nodes} × ${version}`) : `${nodes} × ${version}`))
    .join(', ');

const workloadText = ({ sent, failed, elsewhere }: UpgradeResult['requests']): string => {
  const bad = failed === 0 ? pc.green('0 failed') : pc.red(`${count(failed)} failed`);
  return `${count(sent)} requests, ${bad}, ${count(elsewhere)} answered by another node`;
};

export interface Places {
  readonly gatewayUrl: string;
  readonly simulatorUrl: string;
  readonly natsUrl: string;
  readonly logs: string;
  readonly clusterId: string;
  readonly upgradeId: string;
  readonly nodeId: string;
  /** Of rollout-svc. */
  readonly pid: number | undefined;
}

/** Where to look next, and what to try. */
export const places = (at: Places): readonly string[] => {
  const upgrade = `${at.gatewayUrl}/v1/upgrades/${at.upgradeId}`;
  const look: readonly (readonly [string, string])[] = [
    ['API', `${at.gatewayUrl}/docs`],
    ['status', upgrade],
    ['why it waits', `${upgrade}/explain`],
    ['its events', `${upgrade}/events`],
    ['live', `curl -N '${at.gatewayUrl}/v1/events/stream?after=0'`],
    ['NATS', `NATS_URL=${at.natsUrl} node examples/subscribe.mjs`],
    ['nodes', `${at.simulatorUrl}/v1/nodes`],
    ['logs', at.logs],
  ];
  const faults = `${at.simulatorUrl}/v1/clusters/${at.clusterId}/nodes/${at.nodeId}/faults`;
  // In two lines, for terminals of 80 columns.
  const post = (url: string, body: string): readonly string[] => [
    `curl -H 'content-type: application/json' -d '${body}' \\`,
    `  ${url}`,
  ];
  const tries: readonly (readonly [string, readonly string[]])[] = [
    ['go back to the old version', post(`${upgrade}/rollback`, '{"reason":"to see it"}')],
    ['break the next boot of a node', post(faults, '{"at":"boot","kind":"fail"}')],
    ['heal it', [`curl -X DELETE ${faults}`]],
    ...(at.pid === undefined ? [] : [['kill a service: it is started again', [`kill -9 ${at.pid}`]] as const]),
  ];
  return [
    pc.bold('Look next'),
    ...look.map(([name, value]) => `  ${pc.dim(pad(name, 14))}${value}`),
    '',
    pc.bold('Try'),
    ...tries.flatMap(([what, command]) => [pc.dim(`  ${what}`), ...command.map((line) => `  ${line}`)]),
  ];
};

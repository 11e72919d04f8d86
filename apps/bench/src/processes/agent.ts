// Nodes that take no time at all: each answers every command of the node protocol at once, and is back before it went.
import { askConfirm, connectBus, serveCommands } from '@baton/bus';
import type { Answer, NodeCommand, Outcome } from '@baton/contracts';
import { NEW, OLD, factsOf, nodeIds } from '../history/upgrade.js';
import { tellParent } from './child.js';

/** The parent asks to be told when this node is drained. */
export interface Watch {
  readonly nodeId: string;
}

export interface Drained {
  readonly type: 'drained';
  readonly nodeId: string;
}

const bus = await connectBus({ servers: process.env['NATS_URL'] ?? '', name: 'bench agent' });
/** By cluster and node: how often it has gone over. */
const boots = new Map<string, number>();
let watched: string | undefined;

const answerOf = async (command: NodeCommand): Promise<Answer> => {
  const { clusterId, nodeId, verb, stage, upgradeId, upgradeNo, instance, attempt, epoch } = command;
  const key = `${clusterId}/${nodeId}`;
  const { bootId, runId } = facts(key, nodeId);
  const ids = { clusterId, nodeId, verb, stage, upgradeId, upgradeNo, instance, attempt, epoch };
  if (verb !== 'activate') {
    if (verb === 'drain' && nodeId === watched) tellParent({ type: 'drained', nodeId } satisfies Drained);
    const now = facts(key, nodeId);
    return { ...ids, status: 'done', bootId: now.bootId, runId: now.runId, outcome: outcomeOf(command, key) };
  }
  // As every node does before it goes down.
  const reply = await askConfirm(bus, { clusterId, nodeId, upgradeId, instance, epoch: epoch ?? 0 });
  if (!reply?.confirmed) return { ...ids, status: 'refused', bootId, runId, reason: 'not-confirmed' };
  boots.set(key, attempt);
  return { ...ids, status: 'done', bootId, runId };
};

const facts = (key: string, nodeId: string) => {
  const count = boots.get(key) ?? 0;
  return factsOf(nodeId, `boot-${count}`, count > 0 ? NEW : OLD);
};

const outcomeOf = ({ verb, peers = [], nodeId }: NodeCommand, key: string): Outcome => ({
  facts: facts(key, nodeId),
  // Both ways to each.
  ...(verb === 'probe' && { probe: { reached: 2 * peers.length, failures: [] } }),
});

for (const cluster of (process.env['BENCH_CLUSTERS'] ?? '').split(',')) {
  for (const nodeId of nodeIds(Number(process.env['BENCH_NODES']))) serveCommands(bus, cluster, nodeId, answerOf);
}
// The least that a node can say, for the floors.
bus.nc.subscribe('bench.order', { callback: (_error, message) => void message.respond(message.data) });
await bus.nc.flush();
process.on('message', ({ nodeId }: Watch) => (watched = nodeId));
process.on('disconnect', () => process.exit(0));
tellParent({ type: 'ready', ports: {} });

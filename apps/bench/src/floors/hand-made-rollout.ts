import { connect } from '@nats-io/transport-node';
import { groupCommit } from './group-commit.js';
import { makeRawTable } from './raw-insert.js';

let runs = 0;

/** Four facts a node, each committed before the next, and one order that the agent answers: F4g. */
export const handMadeRollout = async (adminUrl: string, natsUrl: string) => {
  await makeRawTable(adminUrl);
  const log = await groupCommit(adminUrl);
  const nc = await connect({ servers: natsUrl });
  const meta = { actor: 'rollout-svc', correlationId: 'bench', causationId: 'bench' };
  return {
    /** Milliseconds of each node. */
    run: async (nodes: readonly string[]): Promise<readonly number[]> => {
      const stream = `lane-floor-${++runs}`;
      let version = 0;
      const record = (type: string, nodeId: string): Promise<void> => {
        const data = { nodeId, epoch: 1_000_000 + version, bootId: 'boot-1', runId: 'run-of-boot-1', at: Date.now() };
        return log.append(0, { stream, version: version++, type, data, meta });
      };
      const durations: number[] = [];
      for (const nodeId of nodes) {
        const began = performance.now();
        await record('TokenGranted', nodeId);
        await record('HolderOrdered', nodeId);
        await nc.request('bench.order', JSON.stringify({ nodeId, verb: 'activate' }), { timeout: 2_000 });
        await record('HolderStable', nodeId);
        await record('TokenReturned', nodeId);
        durations.push(performance.now() - began);
      }
      return durations;
    },
    close: () => Promise.all([log.close(), nc.close()]),
  };
};

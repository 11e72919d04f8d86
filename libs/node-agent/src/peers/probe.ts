import type { NodeCommand, ProbeResult } from '@baton/contracts';
import type { PeerClient } from './peer-client.js';
import type { ProbeAnswer } from './peer-endpoint.js';

const TIMEOUT_MS = 1_000;

type Failures = ProbeResult['failures'];

interface Way {
  readonly reached: number;
  readonly failures: Failures;
}

/** Who probes, and from where. */
export interface Prober {
  readonly nodeId: string;
  readonly url: string;
  readonly client: PeerClient;
}

/**
 * Tries to reach every peer and, with `back`, has each try to reach the prober: two ways a peer, each counted as reached
 * or named with both its ends. The hypervisor under a peer is told of by the peer.
 */
export const probePeers = async (
  prober: Prober,
  { peers = [], urls = {}, args }: Pick<NodeCommand, 'peers' | 'urls' | 'args'>,
): Promise<ProbeResult> => {
  const others = peers.filter((peer) => peer !== prober.nodeId);
  const ways = await Promise.all(others.map((peer) => probePeer(prober, peer, urls[peer], args.back ?? false)));
  return {
    reached: ways.reduce((sum, { reached }) => sum + reached, 0),
    failures: ways.flatMap(({ failures }) => failures),
  };
};

const probePeer = async (prober: Prober, peer: string, url: string | undefined, back: boolean): Promise<Way> => {
  const { nodeId } = prober;
  try {
    if (url === undefined) throw new Error('its address is not known');
    const query = back ? `?${new URLSearchParams({ asker: nodeId, back: prober.url }).toString()}` : '';
    const answer = (await prober.client.getJson(`${url}/probe${query}`, TIMEOUT_MS)) as ProbeAnswer;
    if (answer.nodeId !== peer) throw new Error(`${answer.nodeId} answers in its place`);
    const failures: Failures[number][] = [];
    if (!answer.hypervisorUp) {
      failures.push({ from: nodeId, to: `hypervisor-of-${peer}`, reason: 'it does not answer' });
    }
    if (!back) return { reached: 1, failures };
    if (answer.back === 'ok') return { reached: 2, failures };
    const reason = answer.back === undefined ? 'it did not try' : 'it was not reached';
    return { reached: 1, failures: [...failures, { from: peer, to: nodeId, reason }] };
  } catch (error) {
    const reason = (error as Error).message;
    const failures = [{ from: nodeId, to: peer, reason }];
    if (!back) return { reached: 0, failures };
    // Whoever is not reached cannot be asked to try, so its way is not shown open.
    return { reached: 0, failures: [...failures, { from: peer, to: nodeId, reason: 'it could not be asked' }] };
  }
};

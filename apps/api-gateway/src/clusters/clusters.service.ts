import { decideCluster, decideNode, foldCluster, foldNode, noCluster, noNode, type Cluster } from '@baton/domain';
import type { ClusterCommand, MembershipCommand } from '@baton/domain';
import type { Refusal } from '@baton/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { Intake, type Written } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import type { Inspect } from '../ports.js';
import { refusedProblem } from '../problems/problem.js';
import { INSPECT } from '../tokens.js';

/** Writes to a cluster and to its membership, each decided at the version of the cluster that it was folded from. */
@Injectable()
export class ClustersService {
  constructor(
    private readonly intake: Intake,
    @Inject(INSPECT) private readonly inspect: Inspect,
  ) {}

  async change(clusterId: string, command: ClusterCommand, origin: Origin): Promise<Written> {
    const own = `cluster-${clusterId}`;
    let cluster: Cluster = noCluster;
    const result = await this.intake.tryWrite(
      {
        own,
        cluster: clusterId,
        decide: ({ of }) => {
          cluster = of(own).reduce(foldCluster, noCluster);
          return decideCluster(command, cluster);
        },
      },
      origin,
    );
    return orProblem(result, cluster);
  }

  /** Takes a node back as what it is now, which it is asked only when nothing else stands against it. */
  async readmit(clusterId: string, nodeId: string, reason: string, origin: Origin): Promise<Written> {
    const command = { type: 'ReadmitNode', clusterId, nodeId, reason } as const;
    const unasked = await this.tryNode(clusterId, nodeId, command, origin);
    const isToBeAsked = 'refused' in unasked.result && unasked.result.refused.kind === 'node-silent';
    if (!isToBeAsked) return orProblem(unasked.result, unasked.cluster);
    const inspected = await this.inspect(clusterId, nodeId);
    const { result, cluster } = await this.tryNode(clusterId, nodeId, { ...command, inspected }, origin);
    return orProblem(result, cluster);
  }

  /** What becomes of a node, with a refusal as a value. The append is guarded on the cluster: no member comes in once it is frozen. */
  async tryNode(clusterId: string, nodeId: string, command: MembershipCommand, origin: Origin) {
    const own = `node-${clusterId}_${nodeId}`;
    const stream = `cluster-${clusterId}`;
    let cluster: Cluster = noCluster;
    const result = await this.intake.tryWrite(
      {
        own,
        cluster: clusterId,
        streams: [stream],
        decide: ({ of }) => {
          cluster = of(stream).reduce(foldCluster, noCluster);
          return decideNode(command, of(own).reduce(foldNode, noNode), cluster);
        },
      },
      origin,
    );
    return { result, cluster };
  }
}

/** What was written; or the problem, with the upgrade that holds the cluster where there is one. */
export const orProblem = (result: Written | { readonly refused: Refusal }, cluster: Cluster): Written => {
  if (!('refused' in result)) return result;
  const { kind, message } = result.refused;
  throw refusedProblem(result.refused, {
    ...(kind === 'unknown-node' && { errors: [{ parameter: 'node', detail: message }] }),
    ...(cluster.status === 'frozen' && { active: cluster.active }),
  });
};

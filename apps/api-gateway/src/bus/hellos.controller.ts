import { ParkError } from '@baton/bus';
import type { NodeHello } from '@baton/contracts';
import { BadEventError } from '@baton/event-log';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload, RpcException } from '@nestjs/microservices';
import { ulid } from 'ulid';
import { ClustersService } from '../clusters/clusters.service.js';

/** The node waits to be taken in; the bus delivers its hello again later. */
export class NodeWaits extends RpcException {
  override readonly name = 'NodeWaits';

  override getError(): this {
    return this;
  }
}

/** Takes nodes in as they say hello, and records what changed about them. */
@Controller()
export class HellosController {
  constructor(private readonly clusters: ClustersService) {}

  @EventPattern<string>('reports.membership')
  async onHello(@Payload() hello: NodeHello): Promise<void> {
    const { clusterId, nodeId, facts } = hello;
    const id = `hello:${ulid().toLowerCase()}`;
    const origin = {
      ...{ commandId: id, actor: `node:${nodeId}`, correlationId: id, causationId: `boot:${facts.bootId}` },
      isRepeatable: false,
    };
    const take = { type: 'TakeHello', hello } as const;
    const { result } = await this.clusters.tryNode(clusterId, nodeId, take, origin).catch((error: unknown) => {
      if (error instanceof BadEventError) throw new ParkError(error.message);
      throw error;
    });
    if ('refused' in result) throw new NodeWaits(`${clusterId}/${nodeId} waits: ${result.refused.message}`);
  }
}

import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Equals } from 'class-validator';
import { GroupField, HolderField } from '../fronts/fleetlock.dto.js';
import { TextField } from '../http/fields.js';
import { From, PositionDto, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Problems } from '../openapi/problems.js';
import { ClusterParams } from './cluster.dto.js';
import { ClustersService } from './clusters.service.js';

export class SlotParams extends ClusterParams {
  @GroupField()
  group!: string;
}

export class ReclaimSlotDto {
  @HolderField()
  id!: string;

  @ApiProperty({ enum: [true], description: 'Your word that the host is down and stays down' })
  @Equals(true, { message: 'must be true: make sure that the host is down and stays down' })
  confirmedDown!: true;

  @TextField(1000, { example: 'its board is broken' })
  reason!: string;
}

const DEAD = { id: 'c988d2509fdf5cdcbed39037c56406fb', confirmedDown: true, reason: 'its board is broken' };

/** What operators do about hosts that reboot over a front. */
@ApiTags('clusters')
@Controller('v1/clusters/:cluster/slots')
export class SlotsController {
  constructor(private readonly clusters: ClustersService) {}

  @Post(':group/free')
  @HttpCode(200)
  @Write('allowed')
  @ApiOperation({
    operationId: 'reclaimSlot',
    summary: 'Free the slot of a host that is down and stays down',
    description: 'The cluster lists who holds which (`slots`). A host that comes up again frees its slot by itself.',
  })
  @ApiBody({ type: ReclaimSlotDto, examples: { dead: { summary: 'A host that is broken', value: DEAD } } })
  @ApiResponse({ status: 200, description: 'It is free', type: PositionDto })
  @Problems('unknown-cluster', 'slot-not-held')
  async reclaim(
    @Param() { cluster, group }: SlotParams,
    @Body() { id, reason }: ReclaimSlotDto,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    const { position } = await this.clusters.change(cluster, { type: 'ReclaimSlot', group, id, reason }, origin);
    return { position };
  }
}

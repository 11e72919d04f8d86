import type { SlotCommand } from '@baton/domain';
import { Body, Controller, Headers, HttpCode, Param, Post, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClusterParams } from '../clusters/cluster.dto.js';
import { ClustersService } from '../clusters/clusters.service.js';
import { From, PositionDto, Write, type DuringUpgrade } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Answers } from '../openapi/answer.js';
import { invalid } from '../problems/validation.js';
import { FleetLockDto } from './fleetlock.dto.js';

const HEADER = 'fleet-lock-protocol';

const BODY = { client_params: { id: 'c988d2509fdf5cdcbed39037c56406fb', group: 'default' } };

/** What both requests have in common. */
const Request = (operationId: string, summary: string, during: DuringUpgrade, more: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    Write(during),
    ApiOperation({ operationId, summary, description: more }),
    ApiHeader({
      name: HEADER,
      required: true,
      example: 'true',
      description: 'So that no other request is taken for one',
    }),
    ApiBody({ type: FleetLockDto, examples: { host: { summary: 'A host of the group `default`', value: BODY } } }),
    ApiResponse({ status: 200, description: 'Granted; anything else is a no', type: PositionDto }),
    Answers('FleetLockError', { status: 409, description: 'As of all refusals here' }),
  );

/** For hosts that are no nodes and know the FleetLock protocol only: give them this path as their base. */
@ApiTags('fronts')
@Controller('fronts/fleetlock/:cluster/v1')
export class FleetLockController {
  constructor(private readonly clusters: ClustersService) {}

  @Post('pre-reboot')
  @Request(
    'takeSlot',
    'A host wants to reboot: it may when it is the only one of its group and no upgrade is active',
    '423',
    'Who has the slot already may too. It has it until it says that it is up: time frees no slot.',
  )
  preReboot(
    @Param() { cluster }: ClusterParams,
    @Body() dto: FleetLockDto,
    @Headers(HEADER) header: string | undefined,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    return this.change('TakeSlot', cluster, dto, header, origin);
  }

  @Post('steady-state')
  @Request('freeSlot', 'A host is up, and holds no slot any more', 'allowed', 'Also where it held none.')
  steadyState(
    @Param() { cluster }: ClusterParams,
    @Body() dto: FleetLockDto,
    @Headers(HEADER) header: string | undefined,
    @From() origin: Origin,
  ): Promise<PositionDto> {
    return this.change('FreeSlot', cluster, dto, header, origin);
  }

  private async change(
    type: Exclude<SlotCommand['type'], 'ReclaimSlot'>,
    clusterId: string,
    { client_params: { id, group } }: FleetLockDto,
    header: string | undefined,
    origin: Origin,
  ): Promise<PositionDto> {
    if (header !== 'true') throw invalid([{ parameter: HEADER, detail: 'must be true' }]);
    // Nobody has asked but the host itself.
    const { position } = await this.clusters.change(clusterId, { type, id, group }, { ...origin, actor: 'fleetlock' });
    return { position };
  }
}

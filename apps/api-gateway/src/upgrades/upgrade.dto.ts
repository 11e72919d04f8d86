import {
  ACKNOWLEDGEMENTS,
  OPERATOR_COMMANDS,
  UPGRADE_STATES,
  type Acknowledgement,
  type OperatorCommand,
  type UpgradeState,
} from '@baton/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  FlagField,
  IdField,
  LineField,
  Optional,
  ReasonField,
  TextField,
  UpgradeIdField,
  VersionField,
} from '../http/fields.js';
import { PageQueryDto } from '../http/page.js';
import { AfterQuery } from '../http/seen.js';
import { PositionDto } from '../http/write.js';
import { SelectionDto } from './selection.dto.js';

const WAIVERS_MAX = 20;

export class WaiverDto {
  @IdField({ example: 'connectivity', description: 'The check whose failure shall only be a warning' })
  check!: string;

  @TextField(1000, { example: 'that way is closed on purpose' })
  reason!: string;
}

export class RequestPlanDto {
  @Optional()
  @LineField({
    required: false,
    description: 'Exact, or a line whose latest build is meant; absent: the latest build of the running minor',
  })
  to?: string;

  @Optional()
  @IdField({ required: false, example: 'default', description: 'A file in strategies/; absent: the default one' })
  strategy?: string;

  @ApiProperty({ required: false, type: SelectionDto, description: 'Only these nodes go; see the strategy' })
  @Optional()
  @IsObject({ message: 'must be an object with nodes, labels, or both' })
  @ValidateNested()
  @Type(() => SelectionDto)
  select?: SelectionDto;

  @Optional()
  @FlagField({
    required: false,
    default: false,
    description: 'All nodes of a wave go at once, instead of a few at a time',
  })
  disruptive?: boolean;

  @Optional()
  @FlagField({
    required: false,
    default: false,
    description: "With a reason: from below the release's `minCompatible` too. All nodes of a wave go at once then",
  })
  force?: boolean;

  @ApiProperty({
    type: [WaiverDto],
    required: false,
    maxItems: WAIVERS_MAX,
    description: 'Each with a reason. What may follow from it says the `consequence` of the check that failed',
  })
  @Optional()
  @IsArray({ message: 'must be a list of waivers' })
  @ArrayMaxSize(WAIVERS_MAX, { message: `must be at most ${WAIVERS_MAX} waivers` })
  @IsObject({ each: true, message: 'must be waivers: {"check": "...", "reason": "..."}' })
  @ValidateNested({ each: true })
  @Type(() => WaiverDto)
  waivers?: WaiverDto[];

  @ApiProperty({
    enum: ACKNOWLEDGEMENTS,
    isArray: true,
    required: false,
    example: ['pairs'],
    description:
      'What may be down together: both nodes of a pair, or most of a quorum set. Absent: they are kept apart',
  })
  @Optional()
  @IsArray({ message: `must be a list of ${ACKNOWLEDGEMENTS.join(', ')}` })
  @ArrayUnique({ message: 'must name each once' })
  @IsIn(ACKNOWLEDGEMENTS, { each: true, message: `must be a list of ${ACKNOWLEDGEMENTS.join(', ')}` })
  acknowledge?: Acknowledgement[];

  @ReasonField()
  reason?: string;
}

export class RequestUpgradeDto extends RequestPlanDto {
  @Optional()
  @UpgradeIdField({ required: false, description: 'A plan whose digest must still fit the cluster' })
  planId?: string;

  @Optional()
  @FlagField({ required: false, description: 'false waits in `prepared` for a commit; absent: as the strategy says' })
  autoCommit?: boolean;
}

export class UpgradeRequestedDto extends PositionDto {
  @ApiProperty({ example: 'u01kaj3v5mz8r0c2d4e6g7h9jkn' })
  upgradeId!: string;

  @ApiProperty({ example: 1, description: 'Counts the upgrades of its cluster' })
  upgradeNo!: number;
}

export class PlanRequestedDto extends PositionDto {
  @ApiProperty({ example: 'p01kaj3v5mz8r0c2d4e6g7h9jkn' })
  planId!: string;
}

export class OperatorCommandDto {
  @Optional()
  @IdField({ required: false, example: 'n2', description: 'retry, skip, evict, rollback: which node' })
  nodeId?: string;

  @Optional()
  @IdField({
    required: false,
    example: 'main',
    description: 'Instead of nodeId: the node that holds the token of this lane. rollback: the whole lane',
  })
  lane?: string;

  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: 1000,
    example: 1,
    description: 'rollback: the whole wave. approve: which wave; absent: the one that waits',
  })
  @Optional()
  @IsInt({ message: 'must be a whole number from 1 to 1000' })
  @Min(1, { message: 'must be a whole number from 1 to 1000' })
  @Max(1000, { message: 'must be a whole number from 1 to 1000' })
  wave?: number;

  @Optional()
  @FlagField({ required: false, description: 'evict: somebody made sure that the node is down' })
  confirmedDown?: boolean;

  @Optional()
  @IdField({ required: false, example: 'connectivity', description: 'waive: a check that failed' })
  check?: string;

  @Optional()
  @VersionField({ required: false, description: 'retarget: the release to go to instead' })
  to?: string;

  @Optional()
  @IdField({ required: false, example: 'default', description: 'retarget: absent: the one that it follows' })
  strategy?: string;

  @ReasonField()
  reason?: string;
}

export class RetargetClusterDto {
  @VersionField({ description: 'The fixed release' })
  to!: string;

  @Optional()
  @IdField({ required: false, example: 'default', description: 'Absent: the one by which it is stuck' })
  strategy?: string;

  @TextField(1000, { example: '6.5.300 leaks, and 6.5.400 is the fix' })
  reason!: string;
}

export class UpgradeParams {
  @UpgradeIdField({ example: 'u01kaj3v5mz8r0c2d4e6g7h9jkn', description: 'As the answer to its start gave it' })
  upgrade!: string;
}

export class CommandParams extends UpgradeParams {
  // Checked by hand: another word is an unknown route, not a wrong field.
  @ApiProperty({ enum: OPERATOR_COMMANDS, example: 'pause', description: 'What shall be done' })
  @Matches(/^/)
  command!: OperatorCommand;
}

export class PlanParams {
  @UpgradeIdField({ example: 'p01kaj3v5mz8r0c2d4e6g7h9jkn', description: 'As the answer to its request gave it' })
  plan!: string;
}

const MOMENT_PATTERN = /^(0|[1-9]\d{0,14}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))$/;

export class StatusQuery extends AfterQuery {
  @ApiProperty({ required: false, example: '2026-01-01T00:00:00Z', description: 'As it was at a position or a time' })
  @Optional()
  @Matches(MOMENT_PATTERN, { message: 'must be a position of the log or a time like 2026-01-01T00:00:00Z' })
  at?: string;
}

export class ListUpgradesQuery extends PageQueryDto {
  @Optional()
  @IdField({ required: false, example: 'demo', description: 'Only of this cluster' })
  cluster?: string;

  @ApiProperty({ required: false, enum: UPGRADE_STATES, example: 'rolling', description: 'Only in this state' })
  @Optional()
  @IsIn(UPGRADE_STATES, { message: `must be one of ${UPGRADE_STATES.join(', ')}` })
  state?: UpgradeState;
}

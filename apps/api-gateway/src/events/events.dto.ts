import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IdField, Optional, PositionField, UpgradeIdField } from '../http/fields.js';

export const EVENTS_PAGE_MAX = 1000;

export class EventsQuery {
  @Optional()
  @PositionField({ required: false, description: 'Only events past this position' })
  after?: string;

  @ApiProperty({ required: false, minimum: 1, maximum: EVENTS_PAGE_MAX, description: 'Of a page of JSON' })
  @Optional()
  @Type(() => Number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(EVENTS_PAGE_MAX, { message: `must be at most ${EVENTS_PAGE_MAX}` })
  limit?: number;
}

export class LogQueryDto {
  @Optional()
  @PositionField({ required: false, description: 'Only events past this position' })
  after?: string;

  @Optional()
  @IdField({ required: false, example: 'demo' })
  cluster?: string;

  @Optional()
  @UpgradeIdField({ required: false })
  upgrade?: string;
}

import { IdField, LimitField, Optional, PositionField, UpgradeIdField } from '../http/fields.js';

export const EVENTS_PAGE_MAX = 1000;

export class EventsQuery {
  @Optional()
  @PositionField({ required: false, description: 'Only events past this position' })
  after?: string;

  @Optional()
  @LimitField(EVENTS_PAGE_MAX)
  limit?: number;
}

export class LogQueryDto {
  @Optional()
  @PositionField({ required: false, description: 'Only events past this position' })
  after?: string;

  @Optional()
  @IdField({ required: false, example: 'demo', description: 'Only of this cluster' })
  cluster?: string;

  @Optional()
  @UpgradeIdField({
    required: false,
    example: 'u01kaj3v5mz8r0c2d4e6g7h9jkn',
    description: 'Only of this upgrade or plan',
  })
  upgrade?: string;
}

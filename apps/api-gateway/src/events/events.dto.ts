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
  @IdField({ required: false, example: 'demo' })
  cluster?: string;

  @Optional()
  @UpgradeIdField({ required: false })
  upgrade?: string;
}

import { ApiProperty } from '@nestjs/swagger';
import { IdField } from '../http/fields.js';
import { PositionDto } from '../http/write.js';

export class StrategyParams {
  @IdField({ example: 'careful' })
  strategy!: string;
}

export class StrategyPublishedDto extends PositionDto {
  @ApiProperty({ example: 'careful' })
  name!: string;
}

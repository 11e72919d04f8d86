import { ApiProperty } from '@nestjs/swagger';
import { IdField, Optional, ReasonField, TextField } from '../http/fields.js';
import { PositionDto } from '../http/write.js';

export class CreateClusterDto {
  @IdField({ example: 'demo' })
  clusterId!: string;

  @Optional()
  @TextField(200, { required: false, example: 'The demonstration cluster' })
  title?: string;
}

export class ClusterCreatedDto extends PositionDto {
  @ApiProperty({ example: 'demo' })
  clusterId!: string;
}

export class ClusterParams {
  @IdField({ example: 'demo' })
  cluster!: string;
}

export class NodeParams extends ClusterParams {
  @IdField({ example: 'n-01' })
  node!: string;
}

export class ReadmitDto {
  @ReasonField()
  reason?: string;
}

import { ApiProperty } from '@nestjs/swagger';
import { IdField, Optional, ReasonField, TextField, UpgradeIdField, VersionField } from '../http/fields.js';
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
  @IdField({ example: 'n1' })
  node!: string;
}

export class QuarantineParams extends ClusterParams {
  @VersionField({ description: 'The release that is in quarantine' })
  version!: string;
}

export class LiftDto {
  @TextField(1000, { example: 'the disk was bad, not the release' })
  reason!: string;
}

export class BackupParams extends ClusterParams {
  @UpgradeIdField({ example: 'b01kaj3v5mz8r0c2d4e6g7h9jkn', description: 'As the list of backups names it' })
  backup!: string;
}

export class BackupTakenDto extends PositionDto {
  @ApiProperty({ example: 'b01kaj3v5mz8r0c2d4e6g7h9jkn' })
  backupId!: string;
}

export class ReasonDto {
  @ReasonField()
  reason?: string;
}

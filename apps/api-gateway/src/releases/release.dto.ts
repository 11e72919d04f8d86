import { ACTIVATIONS, LAYERS, type Activation, type Layer } from '@baton/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Length, Matches, Max, Min } from 'class-validator';
import { NameField, Optional, Sha256Field, TextField, VersionField } from '../http/fields.js';
import { PositionDto } from '../http/write.js';

const SIZE_MAX = 1024 ** 4;
const LINE_PATTERN = /^\d{1,9}(\.\d{1,9}){0,2}$/;

export class RegisterReleaseDto {
  @VersionField()
  version!: string;

  @ApiProperty({ enum: LAYERS, example: 'software' })
  @IsIn(LAYERS, { message: `must be one of ${LAYERS.join(', ')}` })
  layer!: Layer;

  @NameField({ example: 'aos', description: "The vendor's own word for it" })
  kind!: string;

  @Sha256Field({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256!: string;

  @ApiProperty({ minimum: 1, maximum: SIZE_MAX, example: 1_048_576, description: 'Of the artifact, in bytes' })
  @IsInt({ message: 'must be a whole number of bytes' })
  @Min(1, { message: 'must be at least 1 byte' })
  @Max(SIZE_MAX, { message: 'must be at most 1 TiB' })
  size!: number;

  @Optional()
  @VersionField({ required: false, example: '1.0.0', description: 'Oldest version it goes together with' })
  minCompatible?: string;

  @Optional()
  @NameField({ required: false, example: 'hvm-cloudx-aws-022021' })
  image?: string;

  @ApiProperty({ required: false, type: [String], maxItems: 50, example: ['9.0'], description: 'Versions or lines' })
  @Optional()
  @IsArray({ message: 'must be a list of versions' })
  @ArrayMaxSize(50, { message: 'must have at most 50 entries' })
  @Matches(LINE_PATTERN, { each: true, message: 'must each be Major, Major.Minor or Major.Minor.Build' })
  hypervisors?: string[];

  @ApiProperty({ required: false, enum: ACTIVATIONS, example: 'reboot' })
  @Optional()
  @IsIn(ACTIVATIONS, { message: `must be one of ${ACTIVATIONS.join(', ')}` })
  activation?: Activation;

  @Optional()
  @TextField(4000, { required: false, example: 'Fixes CVE-2026-0001.' })
  notes?: string;

  @ApiProperty({ required: false, type: [String], maxItems: 50, example: ['ansible modules 1.1'] })
  @Optional()
  @IsArray({ message: 'must be a list of names' })
  @ArrayMaxSize(50, { message: 'must have at most 50 entries' })
  @Length(1, 100, { each: true, message: 'must each be a text of 1 to 100 characters' })
  companions?: string[];
}

export class ReleaseRegisteredDto extends PositionDto {
  @ApiProperty({ example: '1.1.0' })
  version!: string;
}

export class ArtifactUploadedDto extends ReleaseRegisteredDto {
  @ApiProperty({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256!: string;

  @ApiProperty({ example: 1_048_576 })
  size!: number;
}

export class ReleaseParams {
  @VersionField()
  version!: string;
}

export class ArtifactParams {
  @Sha256Field({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256!: string;
}

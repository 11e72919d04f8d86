import { ACTIVATIONS, LAYERS, type Activation, type Layer } from '@baton/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FlagField, NameField, Optional, Sha256Field, TextField, VersionField } from '../http/fields.js';
import { PositionDto } from '../http/write.js';

const SIZE_MAX = 1024 ** 4;
const LINE_PATTERN = /^\d{1,9}(\.\d{1,9}){0,2}$/;

/** A list of at most 50 short texts. */
const NamesField = (example: string, description: string): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ required: false, type: [String], maxItems: 50, example: [example], description }),
    Optional(),
    IsArray({ message: 'must be a list of names' }),
    ArrayMaxSize(50, { message: 'must have at most 50 entries' }),
    Length(1, 100, { each: true, message: 'must each be a text of 1 to 100 characters' }),
  );

export class EffectsDto {
  @Optional()
  @FlagField({ required: false, description: 'Clients notice it; absent: not said' })
  disruptive?: boolean;

  @NamesField('openvpn', 'Services that it restarts: their users must connect again')
  restarts?: string[];

  @NamesField('bgp', 'It is for those who use these features')
  features?: string[];
}

export class RegisterReleaseDto {
  @VersionField()
  version!: string;

  @ApiProperty({ enum: LAYERS, example: 'software' })
  @IsIn(LAYERS, { message: `must be one of ${LAYERS.join(', ')}` })
  layer!: Layer;

  @NameField({ example: 'software', description: 'The word of the vendor, e.g. software, image, security-patch' })
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

  @NamesField('ansible modules 1.1', 'Other software to be upgraded along with it')
  companions?: string[];

  @ApiProperty({ required: false, type: EffectsDto, description: 'What others notice of it' })
  @Optional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => EffectsDto)
  effects?: EffectsDto;

  @ApiProperty({ required: false, enum: [true], description: 'It gives up the way back; absent: it does not' })
  @Optional()
  @Equals(true, { message: 'must be true, or left out' })
  oneWay?: true;
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

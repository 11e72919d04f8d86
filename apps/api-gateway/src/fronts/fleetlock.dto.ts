import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, Matches, ValidateNested } from 'class-validator';
import { TextField } from '../http/fields.js';

const GROUP_PATTERN = /^[a-zA-Z0-9.-]{1,63}$/;

/** The group of a host, as the protocol has it, and at most as long as an id. */
export const GroupField = (): PropertyDecorator => (target, name) => {
  const more = { maxLength: 63, example: 'default', description: 'One host of it reboots at a time' };
  ApiProperty({ type: String, pattern: GROUP_PATTERN.source, ...more })(target, name);
  Matches(GROUP_PATTERN, { message: 'must be 1 to 63 letters, digits, dots and hyphens' })(target, name);
};

/** Who the host is. Nothing proves it: two hosts with the same one are the same holder. */
export const HolderField = (): PropertyDecorator => (target, name) => {
  TextField(128, { example: 'c988d2509fdf5cdcbed39037c56406fb', description: 'Of the host; capitals count' })(
    target,
    name,
  );
  // Other hosts are shown it, and an operator must be able to type it.
  Matches(/^[^\p{C}\p{Z}]*$/u, { message: 'must have no spaces and no control characters' })(target, name);
};

export class FleetLockParamsDto {
  @HolderField()
  id!: string;

  @GroupField()
  group!: string;
}

// In the words of the other system.
export class FleetLockDto {
  @ApiProperty({ type: FleetLockParamsDto, description: 'Which host asks' })
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => FleetLockParamsDto)
  client_params!: FleetLockParamsDto;
}

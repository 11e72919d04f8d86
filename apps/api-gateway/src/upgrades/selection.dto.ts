import { ID_PATTERN } from '@baton/kernel';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, IsArray, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { Optional } from '../http/fields.js';

const NODES_MAX = 200;
const LABELS_MAX = 20;
const TEXT_MAX = 200;

const isLabels = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  const isText = (text: unknown): boolean => typeof text === 'string' && text.length >= 1 && text.length <= TEXT_MAX;
  return entries.length >= 1 && entries.length <= LABELS_MAX && entries.flat().every(isText);
};

/** Which nodes of those that the strategy is about; both fields: who is named and has the labels. */
export class SelectionDto {
  @ApiProperty({
    required: false,
    type: [String],
    minItems: 1,
    maxItems: NODES_MAX,
    example: ['n1'],
    description: 'By id; absent: all',
  })
  @ValidateIf(({ nodes, labels }: SelectionDto) => nodes !== undefined || labels === undefined)
  @IsArray({ message: 'must be a list of node ids; or give labels' })
  @ArrayNotEmpty({ message: 'must have an entry' })
  @ArrayMaxSize(NODES_MAX, { message: `must have at most ${NODES_MAX} entries; give labels for more` })
  @Matches(ID_PATTERN, { each: true, message: 'must each be 1 to 63 of a-z, 0-9 and -' })
  nodes?: string[];

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1, maxLength: TEXT_MAX },
    minProperties: 1,
    maxProperties: LABELS_MAX,
    example: { region: 'eu-west' },
    description: 'Nodes whose labels equal all of these; absent: all',
  })
  @Optional()
  @ValidateBy({
    name: 'labels',
    validator: {
      validate: isLabels,
      defaultMessage: () => `must have 1 to ${LABELS_MAX} labels, each with a text of 1 to ${TEXT_MAX} characters`,
    },
  })
  labels?: Record<string, string>;
}

import { ID_PATTERN, UPGRADE_ID_PATTERN } from '@baton/kernel';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Equals, IsBoolean, Length, Matches, ValidateBy, ValidateIf } from 'class-validator';

const VERSION_PATTERN = /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/;
const LINE_PATTERN = /^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){0,2}$/;
const SHA256_PATTERN = /^[0-9a-f]{64}$/;
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._ -]{0,62}$/;

// Without `^` and `$` a JSON schema pattern would match anywhere, as these do not.
const matching = (pattern: RegExp, message: string, more: ApiPropertyOptions): PropertyDecorator =>
  applyDecorators(ApiProperty({ type: String, pattern: pattern.source, ...more }), Matches(pattern, { message }));

/** May be left out; null is not leaving out. */
export const Optional = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** A field that is planned: whoever sends it is told so, instead of being told that there is none. */
export const NotYet = (what = 'is'): PropertyDecorator =>
  applyDecorators(Optional(), Equals(undefined, { message: `${what} not done by this version yet; leave it out` }));

export const IdField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(ID_PATTERN, 'must be 1 to 63 of a-z, 0-9 and -, not beginning or ending with -', {
    maxLength: 63,
    ...more,
  });

export const UpgradeIdField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(UPGRADE_ID_PATTERN, 'must be a letter and 26 digits and letters, as the answer to the POST gave it', {
    maxLength: 27,
    ...more,
  });

export const VersionField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(VERSION_PATTERN, 'must be Major.Minor.Build, e.g. 6.6.900', { example: '1.1.0', ...more });

/** A version, or the line whose latest build is meant. */
export const LineField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(LINE_PATTERN, 'must be Major, Major.Minor or Major.Minor.Build, e.g. 6.6', { example: '1.1', ...more });

export const Sha256Field = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(SHA256_PATTERN, 'must be 64 hex digits in lower case', more);

export const NameField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(NAME_PATTERN, 'must be 1 to 63 letters, digits, spaces and ._-, beginning with a letter or digit', more);

export const TextField = (longest: number, more: ApiPropertyOptions = {}): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, minLength: 1, maxLength: longest, ...more }),
    Length(1, longest, { message: `must be a text of 1 to ${longest} characters` }),
  );

export const FlagField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  applyDecorators(ApiProperty({ type: Boolean, ...more }), IsBoolean({ message: 'must be true or false' }));

/** Why somebody asks; kept beside the event for ever. */
export const ReasonField = (): PropertyDecorator =>
  applyDecorators(TextField(1000, { required: false, example: 'CVE-2026-0001' }), Optional());

/** How many of a list, in a query. */
export const LimitField = (maximum: number): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'integer',
      required: false,
      minimum: 1,
      maximum,
      default: 100,
      description: 'At most so many',
    }),
    Transform(({ value }: { value: unknown }) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value)),
    ValidateBy({
      name: 'limit',
      validator: {
        validate: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maximum,
        defaultMessage: () => `must be a whole number from 1 to ${maximum}`,
      },
    }),
  );

const POSITION_PATTERN = /^(0|[1-9]\d{0,14})$/;

/** A position of the log in a query. */
export const PositionField = (more: ApiPropertyOptions = {}): PropertyDecorator =>
  matching(POSITION_PATTERN, 'must be a position of the log, a whole number', { example: '42', ...more });

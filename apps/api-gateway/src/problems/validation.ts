import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ProblemError, type FieldError } from './problem.js';

/** Checks every body, query and path against its DTO; names each wrong field and what it must be. */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => new InvalidInput(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && value !== undefined && !isObject(value)) {
      throw new ProblemError('invalid-request', 'The body must be one JSON object.', {
        errors: [{ pointer: '', detail: 'must be an object' }],
      });
    }
    refuseInherited(value, metadata);
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw invalid(fieldErrors(error.errors, '', metadata.type === 'body'));
    }
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that every object has are no unknown fields to those who check fields. */
const refuseInherited = (value: unknown, { type, metatype }: ArgumentMetadata): void => {
  if (!isObject(value) || metatype === Object) return;
  const names = Object.keys(value).filter((name) => name in Object.prototype);
  if (names.length === 0) return;
  throw invalid(names.map((name) => ({ ...whereOf(name, type === 'body'), detail: UNKNOWN_FIELD })));
};

const UNKNOWN_FIELD = 'is not a field of this request; leave it out';

const whereOf = (name: string, inBody: boolean) => (inBody ? { pointer: `/${name}` } : { parameter: name });

class InvalidInput extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('invalid input');
  }
}

/** The problem that names these fields. */
export const invalid = (errors: readonly FieldError[]): ProblemError => {
  const named = errors.map(({ pointer, parameter, detail }) => `${pointer ?? parameter ?? ''}: ${detail}`);
  return new ProblemError('invalid-request', `Correct and send again. ${named.join('; ')}.`, { errors });
};

const ERRORS_MAX = 50;

const fieldErrors = (errors: readonly ValidationError[], above: string, inBody: boolean): readonly FieldError[] =>
  errors
    .flatMap((error): readonly FieldError[] => {
      const pointer = `${above}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const where = inBody ? { pointer } : { parameter: error.property };
      const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
        ...where,
        detail: rule === 'whitelistValidation' ? UNKNOWN_FIELD : message,
      }));
      return [...own, ...fieldErrors(error.children ?? [], pointer, inBody)];
    })
    .slice(0, ERRORS_MAX);

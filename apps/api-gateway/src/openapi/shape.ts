import type { OpenAPIObject } from '@nestjs/swagger';

/** A JSON schema as the OpenAPI document holds it, or a reference to one. */
export type Shape = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type SchemaObject = Exclude<Shape, { $ref: string }>;
type ReferenceObject = Extract<Shape, { $ref: string }>;

/** An object with these fields; a name that ends with `?` may be absent. */
export const object = (fields: Readonly<Record<string, Shape>>, description?: string): SchemaObject => ({
  type: 'object',
  ...(description !== undefined && { description }),
  required: Object.keys(fields).filter((name) => !name.endsWith('?')),
  properties: Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name.replace(/\?$/, ''), shape])),
});

export const list = (items: Shape, description?: string): SchemaObject => ({
  ...{ type: 'array', items },
  ...(description !== undefined && { description }),
});

/** An object whose names are data. */
export const mapOf = (values: Shape, description?: string): SchemaObject => ({
  ...{ type: 'object', additionalProperties: values },
  ...(description !== undefined && { description }),
});

export const oneOf = (values: readonly string[]): SchemaObject => ({ type: 'string', enum: [...values] });

export const text = (description?: string): SchemaObject => ({
  type: 'string',
  ...(description !== undefined && { description }),
});
export const count = (description?: string): SchemaObject => ({
  ...{ type: 'integer', minimum: 0 },
  ...(description !== undefined && { description }),
});
export const flag = (description?: string): SchemaObject => ({
  type: 'boolean',
  ...(description !== undefined && { description }),
});
export const time = (description?: string): SchemaObject => ({
  ...{ type: 'string', format: 'date-time' },
  ...(description !== undefined && { description }),
});

export const ref = (name: string): ReferenceObject => ({ $ref: `#/components/schemas/${name}` });

/** A page of a list. */
export const pageOf = (name: string): SchemaObject =>
  object({ items: list(ref(name)), 'next?': text('Give it as `cursor`; absent on the last page') });

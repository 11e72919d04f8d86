import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { FieldError } from '../problems/problem.js';
import { invalid } from '../problems/validation.js';

interface Operation {
  readonly parameters?: readonly { readonly in?: string; readonly name?: string }[];
  readonly requestBody?: unknown;
}

/** What the OpenAPI document does not say of a route is refused: nobody shall believe that it was heeded. */
export const refuseUndocumented = (adapter: FastifyAdapter, { paths }: OpenAPIObject): void => {
  const operationOf = ({ method, routeOptions }: FastifyRequest): Operation | undefined => {
    const path = routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? '';
    const item: Readonly<Record<string, unknown>> = { ...paths[path] };
    return item[method === 'HEAD' ? 'get' : method.toLowerCase()] as Operation | undefined;
  };
  adapter.getInstance().addHook('preHandler', (request, _reply, done) => {
    const operation = operationOf(request);
    const errors = operation ? undocumented(request, operation) : [];
    done(errors.length === 0 ? undefined : invalid(errors));
  });
};

const undocumented = (request: FastifyRequest, { parameters = [], requestBody }: Operation): readonly FieldError[] => {
  const known = new Set(parameters.filter((one) => one.in === 'query').map(({ name }) => name));
  const names = Object.keys(request.query as object).filter((name) => !known.has(name));
  const isBare = requestBody !== undefined || Object.keys(request.body ?? {}).length === 0;
  return [
    ...names.map((parameter) => ({ parameter, detail: 'is not a parameter of this request; leave it out' })),
    ...(isBare ? [] : [{ pointer: '', detail: 'this request takes no body; leave it out' }]),
  ];
};

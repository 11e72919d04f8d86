import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const FIELD_ERROR_SCHEMA = {
  type: 'object',
  required: ['detail'],
  properties: {
    pointer: { type: 'string', description: 'Of a field of the body (RFC 6901)', example: '/to' },
    parameter: { type: 'string', description: 'Of the path, the query or the headers' },
    detail: { type: 'string' },
  },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', description: 'Stable, for machines', example: '/problems/unknown-cluster' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For people: what happened and what to do' },
    instance: { type: 'string' },
    errors: { type: 'array', items: FIELD_ERROR_SCHEMA },
  },
};

/** The OpenAPI document of the gateway, served at /v1/openapi.json, with pages to try it at /docs. */
export const documentApi = (app: INestApplication): OpenAPIObject => {
  const options = new DocumentBuilder()
    .setTitle('Baton')
    .setDescription(
      'Upgrades a cluster of nodes without taking it down. Errors are application/problem+json (RFC 9457) with a ' +
        'stable type; every write answers with its position in the log; unknown fields are refused.',
    )
    .setVersion('1')
    .addGlobalResponse({
      status: 'default',
      description: 'What went wrong and what to do about it (RFC 9457)',
      content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
    })
    .build();
  const document = SwaggerModule.createDocument(app, options);
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'v1/openapi.json',
    yamlDocumentUrl: 'v1/openapi.yaml',
  });
  return document;
};

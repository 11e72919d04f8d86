import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLES } from './examples.js';
import { ref } from './shape.js';
import { SHAPES } from './shapes.js';

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
      content: { 'application/problem+json': { schema: ref('Problem'), example: EXAMPLES['Problem'] } },
    })
    .build();
  const document = SwaggerModule.createDocument(app, options);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...SHAPES } };
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'v1/openapi.json',
    yamlDocumentUrl: 'v1/openapi.yaml',
  });
  return document;
};

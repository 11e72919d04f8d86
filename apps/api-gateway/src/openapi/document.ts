import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLES } from './examples.js';
import { INTRODUCTION, TAGS } from './introduction.js';
import { GENERAL_PROBLEMS } from './problems.js';
import { ref } from './shape.js';
import { SHAPES } from './shapes.js';

// That of the package: 0 promises no compatibility yet.
const VERSION = '0.1.0';

/** The OpenAPI document of the gateway, served at /v1/openapi.json, with pages to try it at /docs. */
export const documentApi = (app: INestApplication): OpenAPIObject => {
  const builder = new DocumentBuilder()
    .setTitle('Baton')
    .setDescription(INTRODUCTION)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addGlobalResponse({
      ...{ status: 'default', ...GENERAL_PROBLEMS },
      content: { 'application/problem+json': { schema: ref('Problem'), example: EXAMPLES['Problem'] } },
    });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const made = SwaggerModule.createDocument(app, builder.build());
  made.components = { ...made.components, schemas: { ...made.components?.schemas, ...SHAPES } };
  const document = leaveOptionalEmpty(withoutSuffixes(made));
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'v1/openapi.json',
    yamlDocumentUrl: 'v1/openapi.yaml',
    customSiteTitle: 'Baton API',
    // The bar of the tool says nothing about Baton.
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: { defaultModelsExpandDepth: 0, displayRequestDuration: true },
  });
  return document;
};

interface Parameter {
  readonly required?: boolean;
  description?: string;
  example?: unknown;
  schema?: { example?: unknown };
}

/** The pages send an example as a value: of what may be left out it is told, so that trying a request sends only what it must. */
const leaveOptionalEmpty = (document: OpenAPIObject): OpenAPIObject => {
  const operations = Object.values(document.paths).flatMap(
    (item) => Object.values(item) as { readonly parameters?: readonly Parameter[] }[],
  );
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    const example = parameter.example ?? parameter.schema?.example;
    if (parameter.required || example === undefined) continue;
    delete parameter.example;
    delete parameter.schema?.example;
    parameter.description = `${parameter.description ?? ''}, e.g. \`${typeof example === 'string' ? example : JSON.stringify(example)}\``;
  }
  return document;
};

/** `RequestUpgradeDto` is a name for us, `RequestUpgrade` for clients that are generated. */
const withoutSuffixes = (document: OpenAPIObject): OpenAPIObject => {
  const schemas = Object.entries(document.components?.schemas ?? {});
  const named = schemas.map(([name, schema]) => [name.replace(/Dto$/, ''), schema] as const);
  const components = { ...document.components, schemas: Object.fromEntries(named) };
  const text = JSON.stringify({ ...document, components }).replaceAll(/(#\/components\/schemas\/\w+)Dto"/g, '$1"');
  return JSON.parse(text) as OpenAPIObject;
};

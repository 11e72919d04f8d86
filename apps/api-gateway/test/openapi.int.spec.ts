import 'reflect-metadata';
import { renamed } from '@baton/testing';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { append, readyToUpgrade, startGateway, startUpgrade, type Fixture } from './gateway-fixture.js';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly type?: string;
}

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Parameter {
  readonly name: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}

// Their examples say all.
const OBVIOUS = ['cluster', 'node', 'version', 'sha256', 'strategy'];

const JSON_TYPE = 'application/json';
const ROUTES = [
  'POST /v1/clusters/{cluster}/quarantine/{version}/lift',
  'GET /fronts/qumulo/{cluster}/v1/upgrade/status',
  ...['POST /fronts/fleetlock/{cluster}/v1/pre-reboot', 'POST /fronts/fleetlock/{cluster}/v1/steady-state'],
  'POST /v1/clusters/{cluster}/slots/{group}/free',
  ...['POST /fronts/avi/{cluster}/api/cluster/upgrade', 'GET /fronts/avi/{cluster}/api/cluster/upgrade/status'],
  ...['GET /v1/clusters/{cluster}/backups', 'POST /v1/clusters/{cluster}/backups'],
  'POST /v1/clusters/{cluster}/backups/{backup}/restore',
  ...['POST /v1/clusters', 'GET /v1/clusters', 'GET /v1/clusters/{cluster}', 'GET /v1/clusters/{cluster}/nodes'],
  ...['PUT /v1/clusters/{cluster}/config', 'POST /v1/clusters/{cluster}/nodes/{node}/readmit'],
  ...['POST /v1/releases', 'GET /v1/releases', 'GET /v1/releases/{version}', 'PUT /v1/releases/{version}/artifact'],
  ...['GET /v1/artifacts/{sha256}', 'POST /v1/clusters/{cluster}/plans', 'GET /v1/plans/{plan}'],
  'POST /v1/clusters/{cluster}/retarget',
  ...['POST /v1/clusters/{cluster}/upgrades', 'GET /v1/upgrades', 'GET /v1/upgrades/{upgrade}'],
  ...['GET /v1/upgrades/{upgrade}/explain', 'GET /v1/upgrades/{upgrade}/events'],
  ...['POST /v1/upgrades/{upgrade}/{command}', 'GET /v1/events', 'GET /v1/events/stream'],
  ...[
    'GET /v1/strategies',
    'GET /v1/strategies/{strategy}',
    'PUT /v1/strategies/{strategy}',
    'GET /v1/schemas/strategy',
  ],
  ...['GET /v1/projections', 'POST /v1/projections/rebuild', 'GET /livez', 'GET /readyz', 'GET /metrics'],
];

/** An answer may have fields that are new to a client, but here each of them must be in the document. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
};

describe('the OpenAPI document', () => {
  let gateway: Fixture;
  let document: OpenAPIObject;
  let compile: (schema: Schema) => ValidateFunction;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    document = (await gateway.send('GET', '/v1/openapi.json')).body as OpenAPIObject;
    const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': isTime, binary: true } });
    ajv.addSchema({ $id: 'api', components: closed(document.components) as object });
    compile = (schema) =>
      ajv.compile(JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components', '"api#/components')) as object);
  });
  afterAll(() => gateway.close());

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, it]) => [`${method.toUpperCase()} ${path}`, it as Operation] as const),
    );
  const schemaOf = ({ $ref, ...schema }: Schema): Schema => {
    const name = $ref?.split('/').at(-1);
    return name === undefined ? schema : (document.components?.schemas?.[name] as Schema);
  };
  /** That of the whole, or put together from those of its fields. */
  const exampleOf = ({ schema, example }: Media): unknown => {
    if (example !== undefined) return example;
    const whole = schemaOf(schema);
    if (whole.example !== undefined || !whole.properties) return whole.example;
    const fields = Object.entries(whole.properties).map(([name, field]) => [name, field.example] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  };
  const problemsOf = (where: string, media: Media): readonly string[] => {
    const { schema, examples } = media;
    if (examples) {
      return Object.entries(examples).flatMap(([name, { value }]) =>
        problemsOf(`${where} ${name}`, { schema, example: value }),
      );
    }
    const example = exampleOf(media);
    if (example === undefined) return media.schema.format === 'binary' ? [] : [`${where} has no example`];
    const isValid = compile(media.schema);
    return isValid(example) ? [] : [`${where}: ${JSON.stringify(isValid.errors)}`];
  };
  const mediaOf = (where: string, content: Readonly<Record<string, Media>> = {}): readonly string[] =>
    Object.entries(content).flatMap(([type, media]) => problemsOf(`${where} ${type}`, media));

  /** What the pages fill in or, where nothing must be, what the description says that could be. */
  const valueOf = ({ description = '', example, schema }: Parameter): unknown => {
    const told = /e\.g\. `([^`]+)`$/.exec(description)?.[1];
    return example ?? schema.example ?? schema.default ?? told;
  };

  it('has every route', () => {
    expect(operations().map(([route]) => route)).toEqual(expect.arrayContaining(ROUTES));
    expect(operations()).toHaveLength(ROUTES.length);
  });

  it('has an example for every parameter, body and answer, and each is what its schema says', () => {
    const wrong = operations().flatMap(([route, { parameters = [], requestBody, responses }]) => [
      ...parameters.flatMap((one) => problemsOf(`${route} ${one.name}`, { schema: one.schema, example: valueOf(one) })),
      ...mediaOf(`${route} body`, requestBody?.content),
      ...Object.entries(responses).flatMap(([status, { content }]) => mediaOf(`${route} ${status}`, content)),
      ...(Object.entries(responses).some(([status, { content }]) => status.startsWith('2') && content)
        ? []
        : [`${route} does not say what it answers`]),
    ]);
    expect(wrong).toEqual([]);
  });

  it('names and describes every route, parameter and answer, in groups that are described too', () => {
    const { version } = JSON.parse(readFileSync('apps/api-gateway/package.json', 'utf8')) as { version: string };
    expect(document.info.version).toBe(version);
    const names = operations().map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(ROUTES.length);
    expect(names.filter((name) => !/^[a-z]+([A-Z][a-z]+)*$/.test(name ?? ''))).toEqual([]);
    const tags = document.tags?.filter(({ description }) => description).map(({ name }) => name);
    const silent = operations().flatMap(([route, { summary, tags: [tag = ''] = [], parameters = [], responses }]) => [
      ...(summary && tags?.includes(tag) ? [] : [route]),
      ...parameters
        .filter(({ name, description }) => !description && !OBVIOUS.includes(name))
        .map(({ name }) => `${route} ${name}`),
      ...Object.entries(responses).flatMap(([status, { description }]) => (description ? [] : [`${route} ${status}`])),
    ]);
    expect(silent).toEqual([]);
    expect(Object.keys(document.components?.schemas ?? {}).filter((name) => name.endsWith('Dto'))).toEqual([]);
  });

  it('has the pages fill in nothing that may be left out, so that a request can be tried as it stands', () => {
    const filled = operations().flatMap(([route, { parameters = [] }]) =>
      parameters
        .filter(({ required, example, schema }) => !required && (example ?? schema.example) !== undefined)
        .map(({ name }) => `${route} ${name}`),
    );
    expect(filled).toEqual([]);
  });

  it('says of every answer what it is, field by field', async () => {
    const upgradeId = await startUpgrade(gateway);
    const { body: planned } = await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.1' });
    const precheck = (type: string, data: unknown) =>
      append(gateway, upgradeId, `precheck-${upgradeId}`, { type, data });
    const members = [{ nodeId: 'n-01', labels: {}, failureDomain: 'rack-1', layers: { software: '1.0.0' } }];
    await precheck('PrecheckStarted', { run: 1, part: 1, of: 1, members, startedAt: 0 });
    await precheck('CheckFailed', { run: 1, check: 'free-space', nodeId: 'n-01', evidence: '1 byte', remedy: 'More.' });
    await precheck('LanePlanned', { run: 1, wave: 1, lane: 'main', part: 1, of: 1, nodes: ['n-01'] });
    await precheck('PrecheckFailed', { run: 1, failed: ['free-space'] });

    const values: Readonly<Record<string, string>> = {
      ...{ cluster: 'demo', version: '1.1.0', upgrade: upgradeId, plan: planned.planId as string },
      strategy: renamed('nutanix-aos'),
    };
    const asked = operations().filter(
      ([route, { responses }]) => route.startsWith('GET ') && responses['200']?.content?.[JSON_TYPE],
    );
    expect(asked.length).toBeGreaterThan(10);
    for (const [route, { responses }] of asked) {
      const url = route.slice('GET '.length).replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
      const { status, body } = await gateway.send('GET', url);
      const isValid = compile(responses['200']?.content?.[JSON_TYPE]?.schema ?? {});
      isValid(body);
      expect({ route, status, errors: isValid.errors }).toEqual({ route, status: 200, errors: null });
    }
  });

  it('describes problems as they are', async () => {
    const { body } = await gateway.send('POST', '/v1/clusters/demo/upgrades', { to: 9, speed: 1 });
    const isValid = compile({ $ref: '#/components/schemas/Problem' });
    expect(isValid(body)).toBe(true);
  });
});

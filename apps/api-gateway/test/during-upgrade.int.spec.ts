import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DURING_UPGRADE } from '../src/http/write.js';
import { EXAMPLES } from '../src/openapi/examples.js';
import { RELEASE, readyToUpgrade, startGateway, startUpgrade, type Fixture, type Method } from './gateway-fixture.js';

const METHODS = ['post', 'put', 'delete', 'patch'] as const;

/** The table that the OpenAPI document holds: every mutating route, and what it does while an upgrade is active. */
const mutatingRoutes = ({ paths }: OpenAPIObject) =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as Record<string, unknown> | undefined;
      return operation ? [{ route: `${method.toUpperCase()} ${path}`, during: operation[DURING_UPGRADE] }] : [];
    }),
  );

const HOST = { client_params: { id: 'a', group: 'default' } };

// One call of each route that would be taken if nothing forbade it.
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/clusters': { clusterId: 'another' },
  'PUT /v1/clusters/{cluster}/config': { a: 1 },
  'POST /v1/clusters/{cluster}/nodes/{node}/readmit': {},
  'POST /v1/releases': { ...RELEASE, version: '1.4.0' },
  'PUT /v1/releases/{version}/artifact': undefined,
  'POST /v1/clusters/{cluster}/upgrades': { to: '1.1' },
  'POST /v1/clusters/{cluster}/plans': { to: '1.1' },
  'POST /v1/clusters/{cluster}/retarget': { to: '1.1.0', reason: 'it is the fix' },
  'POST /v1/upgrades/{upgrade}/{command}': { nodeId: 'n-01' },
  'POST /v1/projections/rebuild': undefined,
  'POST /v1/clusters/{cluster}/quarantine/{version}/lift': { reason: 'it was not the release' },
  'POST /v1/clusters/{cluster}/backups': {},
  'POST /v1/clusters/{cluster}/backups/{backup}/restore': {},
  'POST /fronts/avi/{cluster}/api/cluster/upgrade': { image_path: 'controller://upgrade_pkgs/controller.pkg' },
  'POST /fronts/fleetlock/{cluster}/v1/pre-reboot': HOST,
  'POST /fronts/fleetlock/{cluster}/v1/steady-state': HOST,
  'POST /v1/clusters/{cluster}/slots/{group}/free': { id: 'a', confirmedDown: true, reason: 'it burnt' },
  'PUT /v1/strategies/{strategy}': { ...(EXAMPLES['PublishedStrategy'] as object), name: 'careful' },
};

describe('while an upgrade is active', () => {
  let gateway: Fixture;
  let document: OpenAPIObject;
  let upgradeId: string;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    document = (await gateway.send('GET', '/v1/openapi.json')).body as OpenAPIObject;
    upgradeId = await startUpgrade(gateway);
    await gateway.send('POST', `/v1/upgrades/${upgradeId}/evict`, { nodeId: 'n-02' });
  });
  afterAll(() => gateway.close());

  it('every mutating route says in the OpenAPI document what it does, and does it (V-04)', async () => {
    const routes = mutatingRoutes(document);
    expect(routes.map(({ route }) => route).sort()).toEqual(Object.keys(BODIES).sort());
    for (const { route, during } of routes) {
      const [method = '', path = ''] = route.split(' ');
      const values: Record<string, string> = {
        ...{ cluster: 'demo', node: 'n-02', version: '1.1.0', upgrade: upgradeId, command: 'evict' },
        ...{ strategy: 'careful', group: 'default' },
        backup: 'b01kaj3v5mz8r0c2d4e6g7h9jkn',
      };
      const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
      const head = await gateway.log.head();
      const { status, body } = await gateway.send(method as Method, url, BODIES[route], {
        'fleet-lock-protocol': 'true',
      });
      const seen = status === 423 || body?.type === '/problems/upgrade-active' ? String(status) : 'allowed';
      expect({ route, during: seen }).toEqual({ route, during });
      if (during !== 'allowed') {
        // One front has an error form of its own, which names it in its words.
        if (route.includes('fleetlock')) expect(body.value).toContain(upgradeId);
        else expect(body.active).toMatchObject({ upgradeId });
        expect(await gateway.log.head()).toBe(head);
      }
    }
  });

  it('reading goes on as ever (V-05)', async () => {
    for (const path of ['/v1/clusters/demo', `/v1/upgrades/${upgradeId}`, '/v1/releases', '/v1/clusters/demo/nodes']) {
      expect([path, (await gateway.send('GET', path)).status]).toEqual([path, 200]);
    }
  });
});

describe('the OpenAPI document', () => {
  it('names every field of every body with its bounds, and is shown at /docs', async () => {
    const gateway = await startGateway();
    const { body } = await gateway.send('GET', '/v1/openapi.json');
    expect(body.components.schemas.RequestUpgrade.properties).toMatchObject({
      to: { type: 'string', pattern: expect.any(String) },
      force: { type: 'boolean' },
      reason: { maxLength: 1000 },
    });
    const schemas = Object.entries<{ properties?: Record<string, Record<string, unknown>> }>(body.components.schemas);
    const unbounded = schemas
      .filter(([name]) => /^(Register|Request|Create|Operator|Readmit|Effects).*Dto$/.test(name))
      .flatMap(([name, { properties = {} }]) =>
        Object.entries(properties).flatMap(
          ([field, { type, pattern, maxLength, maxItems, maximum, enum: values, ...more }]) =>
            // A field that is an object of its own has its bounds there.
            type === 'boolean' ||
            (pattern ?? maxLength ?? maxItems ?? maximum ?? values ?? more['$ref'] ?? more['allOf'])
              ? []
              : [`${name}.${field}`],
        ),
      );
    expect(unbounded).toEqual([]);
    expect(body.paths['/v1/clusters'].post.responses.default.content).toHaveProperty('application/problem+json');
    expect((await gateway.send('GET', '/docs')).status).toBe(200);
    await gateway.close();
  });
});

import 'reflect-metadata';
import { RELEASE, readyToUpgrade, startGateway, startUpgrade, type Fixture, type Method } from './gateway-fixture.js';

const UNKNOWN = `u${'0'.repeat(26)}`;
const LONG = 'a'.repeat(300);
const json = { 'content-type': 'application/json' };

/** What, the request, and the answer: status, type, and the field that is named. */
type Bad = [
  what: string,
  request: [Method, string, unknown?, Record<string, string>?],
  answer: [status: number, type: string, field?: string],
];

const upgrades = '/v1/clusters/demo/upgrades';
const BAD: readonly Bad[] = [
  ['an unknown field', ['POST', upgrades, { to: '1.1.0', speed: 9 }], [400, 'invalid-request', '/speed']],
  ['a number for a text', ['POST', upgrades, { to: 1.1 }], [400, 'invalid-request', '/to']],
  ['null for a text', ['POST', upgrades, { to: null }], [400, 'invalid-request', '/to']],
  ['a text for a flag', ['POST', upgrades, { force: 'yes' }], [400, 'invalid-request', '/force']],
  ['a list for an object', ['POST', upgrades, [{ to: '1.1.0' }]], [400, 'invalid-request', '']],
  ['a text for an object', ['POST', upgrades, '"1.1.0"', json], [400, 'invalid-request', '']],
  ['no version at all', ['POST', upgrades, { to: 'newest' }], [400, 'invalid-request', '/to']],
  ['a huge version', ['POST', upgrades, { to: '1.1.99999999999999999999' }], [400, 'invalid-request', '/to']],
  ['an unknown version', ['POST', upgrades, { to: '7.7.7' }], [422, 'unknown-version', '/to']],
  ['a lower version', ['POST', upgrades, { to: '0.9.0' }], [422, 'lower-version', '/to']],
  ['the running version', ['POST', upgrades, { to: '1.0.0' }], [422, 'already-running', '/to']],
  ['an unknown strategy', ['POST', upgrades, { strategy: 'yolo' }], [422, 'unknown-strategy', '/strategy']],
  ['an unknown plan', ['POST', upgrades, { planId: UNKNOWN }], [409, 'plan-unfit', '/planId']],
  [
    'a reason of 2,000 characters',
    ['POST', upgrades, { reason: 'x'.repeat(2000) }],
    [400, 'invalid-request', '/reason'],
  ],
  ['an unknown cluster', ['POST', '/v1/clusters/nowhere/upgrades', {}], [404, 'unknown-cluster']],
  ['a dry run of an unknown cluster', ['POST', '/v1/clusters/nowhere/plans', {}], [404, 'unknown-cluster']],
  ['force in a dry run', ['POST', '/v1/clusters/demo/plans', { force: true }], [400, 'invalid-request', '/force']],

  ['malformed JSON', ['POST', upgrades, '{"to": "1.1', json], [400, 'malformed-json']],
  ['an infinite number', ['PUT', '/v1/clusters/demo/config', '{"a":1e400}', json], [400, 'invalid-request', '/a']],
  [
    'a number too large to keep',
    ['PUT', '/v1/clusters/demo/config', '{"a":[9007199254740993]}', json],
    [400, 'invalid-request', '/a/0'],
  ],
  [
    '__proto__',
    ['PUT', '/v1/clusters/demo/config', '{"a":{"__proto__":{"b":1}}}', json],
    [400, 'invalid-request', '/a/__proto__'],
  ],
  [
    '__proto__ in a DTO',
    ['POST', upgrades, '{"__proto__":{"force":true}}', json],
    [400, 'invalid-request', '/__proto__'],
  ],
  [
    'constructor.prototype',
    ['POST', upgrades, '{"constructor":{"prototype":{}}}', json],
    [400, 'invalid-request', '/constructor'],
  ],
  [
    'half a surrogate pair',
    ['PUT', '/v1/clusters/demo/config', '{"a/b":"\\ud800"}', json],
    [400, 'invalid-request', '/a~1b'],
  ],
  ['the character NUL', ['PUT', '/v1/clusters/demo/config', '{"a":"\\u0000"}', json], [400, 'invalid-request', '/a']],
  [
    '20,000 brackets',
    ['PUT', '/v1/clusters/demo/config', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, json],
    [400, 'invalid-request'],
  ],
  ['a list as configuration', ['PUT', '/v1/clusters/demo/config', [1]], [400, 'invalid-request', '']],
  ['no configuration', ['PUT', '/v1/clusters/demo/config'], [400, 'invalid-request']],
  [
    'a configuration of 40 KiB',
    ['PUT', '/v1/clusters/demo/config', { a: 'x'.repeat(40_000) }],
    [413, 'body-too-large'],
  ],
  ['a body of 100 KiB', ['PUT', '/v1/clusters/demo/config', { a: 'x'.repeat(100_000) }], [413, 'body-too-large']],
  [
    'a body of another type',
    ['POST', upgrades, 'to=1.1.0', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'unsupported-media-type'],
  ],

  ...['a.b', '*', '>', 'a b', 'UPPER', '-a', 'a-', 'ä', LONG].flatMap((id): Bad[] => [
    [
      `the cluster id ${id.slice(0, 9)}`,
      ['POST', '/v1/clusters', { clusterId: id }],
      [400, 'invalid-request', '/clusterId'],
    ],
    [
      `the path of cluster ${id.slice(0, 9)}`,
      ['GET', `/v1/clusters/${encodeURIComponent(id)}`],
      [400, 'invalid-request', 'cluster'],
    ],
    [
      `the node id ${id.slice(0, 9)}`,
      ['POST', `/v1/clusters/demo/nodes/${encodeURIComponent(id)}/readmit`, {}],
      [400, 'invalid-request', 'node'],
    ],
    [
      `the upgrade id ${id.slice(0, 9)}`,
      ['POST', `/v1/upgrades/${encodeURIComponent(id)}/pause`, {}],
      [400, 'invalid-request', 'upgrade'],
    ],
  ]),
  ['no cluster id', ['POST', '/v1/clusters', {}], [400, 'invalid-request', '/clusterId']],
  ['a broken escape', ['GET', '/v1/clusters/%zz'], [400, 'invalid-request']],
  ['an unknown node', ['POST', '/v1/clusters/demo/nodes/n-99/readmit', {}], [404, 'unknown-node']],
  ['a cluster that is not there', ['GET', '/v1/clusters/nowhere'], [404, 'unknown-cluster']],
  ['its nodes', ['GET', '/v1/clusters/nowhere/nodes'], [404, 'unknown-cluster']],

  ['an unknown upgrade', ['GET', `/v1/upgrades/${UNKNOWN}`], [404, 'unknown-upgrade']],
  ['a command to it', ['POST', `/v1/upgrades/${UNKNOWN}/pause`, {}], [404, 'unknown-upgrade']],
  ['its events', ['GET', `/v1/upgrades/${UNKNOWN}/events`], [404, 'unknown-upgrade']],
  ['an unknown plan', ['GET', `/v1/plans/${UNKNOWN}`], [404, 'unknown-plan']],
  ['an unknown command', ['POST', `/v1/upgrades/${UNKNOWN}/explode`, {}], [404, 'unknown-command']],
  ['a moment that is none', ['GET', `/v1/upgrades/${UNKNOWN}?at=yesterday`], [400, 'invalid-request', 'at']],
  ['an unknown parameter', ['GET', '/v1/upgrades?speed=9'], [400, 'invalid-request', 'speed']],
  ['a page that is too large', ['GET', '/v1/upgrades?limit=100000'], [400, 'invalid-request', 'limit']],
  ['a page of no number', ['GET', '/v1/upgrades?limit=1&limit=2'], [400, 'invalid-request', 'limit']],
  ['a made-up cursor', ['GET', '/v1/clusters?cursor=abc'], [400, 'invalid-request', 'cursor']],
  ['a negative position', ['GET', '/v1/events?after=-1'], [400, 'invalid-request', 'after']],
  [
    'a Last-Event-ID of no position',
    ['GET', '/v1/events/stream', undefined, { 'last-event-id': 'x' }],
    [400, 'invalid-request', 'last-event-id'],
  ],

  [
    'a release without a size',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0.0', size: undefined }],
    [400, 'invalid-request', '/size'],
  ],
  [
    'a size of 2^60',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0.0', size: 2 ** 60 }],
    [400, 'invalid-request', '/size'],
  ],
  [
    'a size of 1e300',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0.0', size: 1e300 }],
    [400, 'invalid-request', '/size'],
  ],
  [
    'a size of 1.5',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0.0', size: 1.5 }],
    [400, 'invalid-request', '/size'],
  ],
  ['an unknown layer', ['POST', '/v1/releases', { ...RELEASE, layer: 'kernel' }], [400, 'invalid-request', '/layer']],
  [
    'a version of two parts',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0' }],
    [400, 'invalid-request', '/version'],
  ],
  ['a leading zero', ['POST', '/v1/releases', { ...RELEASE, version: '01.0.0' }], [400, 'invalid-request', '/version']],
  [
    'a sha256 of 63 digits',
    ['POST', '/v1/releases', { ...RELEASE, sha256: 'a'.repeat(63) }],
    [400, 'invalid-request', '/sha256'],
  ],
  [
    'a list in a list',
    ['POST', '/v1/releases', { ...RELEASE, hypervisors: [['9']] }],
    [400, 'invalid-request', '/hypervisors'],
  ],
  [
    '51 companions',
    ['POST', '/v1/releases', { ...RELEASE, companions: Array(51).fill('a') }],
    [400, 'invalid-request', '/companions'],
  ],
  [
    'the same release with other content',
    ['POST', '/v1/releases', { ...RELEASE, size: 5 }],
    [409, 'release-differs', '/version'],
  ],
  ['an unknown release', ['GET', '/v1/releases/3.0.0'], [404, 'unknown-release']],
  [
    'an artifact of an unknown release',
    ['PUT', '/v1/releases/3.0.0/artifact', 'x', { 'content-type': 'text/plain' }],
    [404, 'unknown-release'],
  ],
  ['an unknown artifact', ['GET', `/v1/artifacts/${'b'.repeat(64)}`], [404, 'unknown-artifact']],
  ['a path out of the artifacts', ['GET', '/v1/artifacts/..%2f..%2fetc%2fpasswd'], [400, 'invalid-request', 'sha256']],

  [
    'an Idempotency-Key of 300 characters',
    ['POST', upgrades, {}, { 'idempotency-key': LONG }],
    [400, 'invalid-request', 'idempotency-key'],
  ],
  [
    'an actor that is no name',
    ['POST', upgrades, {}, { 'baton-actor': '<script>' }],
    [400, 'invalid-request', 'baton-actor'],
  ],
  ['an unknown route', ['GET', '/v2/clusters'], [404, 'unknown-route']],
  ['an unknown method', ['DELETE', '/v1/clusters/demo'], [404, 'unknown-route']],
];

describe('bad input', () => {
  let gateway: Fixture;
  let head: number;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '0.9.0' });
    await gateway.send('POST', '/v1/releases', { ...RELEASE, version: '1.0.0' });
    head = await gateway.log.head();
  });
  afterAll(() => gateway.close());

  it.each(BAD)(
    '%s is refused, says which field and what to do, and leaves the log as it is',
    async (_, request, answer) => {
      const { status, headers, body } = await gateway.send(...request);
      const [expectedStatus, type, field] = answer;
      expect({ status, type: body.type }).toEqual({ status: expectedStatus, type: `/problems/${type}` });
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toEqual({
        ...{ type: body.type, status, title: expect.any(String), instance: request[1] },
        detail: expect.stringMatching(/^[A-Z0-9].{10,}\.$/s),
        ...(body.errors && { errors: body.errors }),
      });
      const errors = (body.errors ?? []) as { pointer?: string; parameter?: string }[];
      const named = errors.map(({ pointer, parameter }) => pointer ?? parameter);
      if (field !== undefined) expect(named).toContain(field);
      expect(await gateway.log.head()).toBe(head);
    },
  );

  it('that is an illegal command names the legal ones', async () => {
    const upgradeId = await startUpgrade(gateway);
    const before = await gateway.log.head();
    const { status, body } = await gateway.send('POST', `/v1/upgrades/${upgradeId}/finalize`, {});
    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/illegal-command', state: 'requested' });
    expect(body.allowed).toEqual(expect.arrayContaining(['abort', 'evict']));
    expect(await gateway.log.head()).toBe(before);
  });
});

import { RELEASE, type Method } from './gateway-fixture.js';

export const UNKNOWN = `u${'0'.repeat(26)}`;
export const LONG = 'a'.repeat(300);
export const json = { 'content-type': 'application/json' };

/** What, the request, and the answer: status, type, and the field that is named. */
export type Bad = [
  what: string,
  request: [Method, string, unknown?, Record<string, string>?],
  answer: [status: number, type: string, field?: string],
];

export const upgrades = '/v1/clusters/demo/upgrades';
/** Wrong in what is sent. */
export const BAD_BODIES: readonly Bad[] = [
  ['an unknown field', ['POST', upgrades, { to: '1.1.0', speed: 9 }], [400, 'invalid-request', '/speed']],
  ['a list for select', ['POST', upgrades, { select: ['n-01'] }], [400, 'invalid-request', '/select']],
  ['a selection of nothing', ['POST', upgrades, { select: {} }], [400, 'invalid-request', '/select/nodes']],
  ['no node in a selection', ['POST', upgrades, { select: { nodes: [] } }], [400, 'invalid-request', '/select/nodes']],
  ['a text for nodes', ['POST', upgrades, { select: { nodes: 'n-01' } }], [400, 'invalid-request', '/select/nodes']],
  [
    'a number for a label',
    ['POST', upgrades, { select: { labels: { a: 1 } } }],
    [400, 'invalid-request', '/select/labels'],
  ],
  ['a selection by rack', ['POST', upgrades, { select: { rack: 'a' } }], [400, 'invalid-request', '/select/rack']],
  [
    'a selection where the strategy lets nobody choose',
    ['POST', upgrades, { to: '1.1.0', select: { nodes: ['n-01'] } }],
    [422, 'bad-selection', '/select'],
  ],
  ['a text for disruptive', ['POST', upgrades, { disruptive: 'yes' }], [400, 'invalid-request', '/disruptive']],
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
  ['force without a reason', ['POST', upgrades, { force: true }], [422, 'reason-missing', '/reason']],

  [
    'a field that comes twice',
    ['POST', upgrades, '{"to":"1.1.0","to":"1.2.0"}', json],
    [400, 'invalid-request', '/to'],
  ],
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
];

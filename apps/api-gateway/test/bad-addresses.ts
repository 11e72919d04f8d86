import { LONG, UNKNOWN, json, upgrades, type Bad } from './bad-bodies.js';
import { RELEASE } from './gateway-fixture.js';

/** Wrong in the path, the query or the headers; `:u` is an upgrade. */
export const BAD_ADDRESSES: readonly Bad[] = [
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
  ['an unknown node', ['POST', '/v1/clusters/demo/nodes/n-99/readmit', {}], [404, 'unknown-node', 'node']],
  ['a cluster that is not there', ['GET', '/v1/clusters/nowhere'], [404, 'unknown-cluster', 'cluster']],
  ['its nodes', ['GET', '/v1/clusters/nowhere/nodes'], [404, 'unknown-cluster']],

  ['an unknown upgrade', ['GET', `/v1/upgrades/${UNKNOWN}`], [404, 'unknown-upgrade', 'upgrade']],
  ['a command to it', ['POST', `/v1/upgrades/${UNKNOWN}/pause`, {}], [404, 'unknown-upgrade']],
  ['its events', ['GET', `/v1/upgrades/${UNKNOWN}/events`], [404, 'unknown-upgrade']],
  ['an unknown plan', ['GET', `/v1/plans/${UNKNOWN}`], [404, 'unknown-plan']],
  ['an unknown command', ['POST', `/v1/upgrades/${UNKNOWN}/explode`, {}], [404, 'unknown-command']],
  [
    'a line to be retargeted to',
    ['POST', `/v1/upgrades/${UNKNOWN}/retarget`, { to: '1.2' }],
    [400, 'invalid-request', '/to'],
  ],
  ['a moment that is none', ['GET', `/v1/upgrades/${UNKNOWN}?at=yesterday`], [400, 'invalid-request', 'at']],
  ['a day that no month has', ['GET', '/v1/upgrades/:u?at=2026-02-30T00:00:00Z'], [400, 'invalid-request', 'at']],
  ['an hour that no day has', ['GET', '/v1/upgrades/:u?at=2026-02-03T25:00:00Z'], [400, 'invalid-request', 'at']],
  ['a position past the end', ['GET', '/v1/upgrades/:u?at=999999'], [400, 'invalid-request', 'at']],
  ['a negative moment', ['GET', '/v1/upgrades/:u/explain?at=-1'], [400, 'invalid-request', 'at']],
  ['a moment before it began', ['GET', '/v1/upgrades/:u?at=1'], [404, 'unknown-upgrade', 'at']],
  ['events past the end', ['GET', '/v1/events?after=999999'], [400, 'invalid-request', 'after']],
  ['its events past the end', ['GET', '/v1/upgrades/:u/events?after=999999'], [400, 'invalid-request', 'after']],
  ['a negative number of events', ['GET', '/v1/upgrades/:u/events?limit=-1'], [400, 'invalid-request', 'limit']],
  ...['-1', '0', 'abc', '1.5', '1e2', '0x10', '%2B5', '%205', '', '501', '9'.repeat(30)].map((limit): Bad => [
    `the limit ${limit}`,
    ['GET', `/v1/upgrades?limit=${limit}`],
    [400, 'invalid-request', 'limit'],
  ]),
  ...['', 'abc', 'YWZ0ZXI6', 'YWZ0ZXI6AA', 'YWZ0ZXI6ZGVtbw==', 'YWZ0ZXI6KicgT1I', LONG].map((cursor): Bad => [
    `the cursor ${cursor.slice(0, 20)}`,
    ['GET', `/v1/upgrades?cursor=${cursor}`],
    [400, 'invalid-request', 'cursor'],
  ]),
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'limit[]'].map((name): Bad => [
    `the parameter ${name}`,
    ['GET', `/v1/clusters?${name}=1`],
    [400, 'invalid-request', name],
  ]),
  ['a parameter of a write', ['POST', `${upgrades}?dryRun=true`, {}], [400, 'invalid-request', 'dryRun']],
  ['a parameter of a plan', ['GET', `/v1/plans/${UNKNOWN}?at=1`], [400, 'invalid-request', 'at']],
  ['a body where none is taken', ['POST', '/v1/projections/rebuild', { now: true }], [400, 'invalid-request', '']],
  ...['/v1/clusters', upgrades, '/v1/upgrades/:u/pause', '/v1/releases'].map((path): Bad => [
    `null for ${path}`,
    ['POST', path, 'null', json],
    [400, 'invalid-request', ''],
  ]),
  ['null for a configuration', ['PUT', '/v1/clusters/demo/config', 'null', json], [400, 'invalid-request', '']],
  ['a field that every object has', ['POST', upgrades, '{"toString":1}', json], [400, 'invalid-request', '/toString']],
  [
    'a body that is not UTF-8',
    ['POST', '/v1/clusters', Buffer.from('{"clusterId":"a","title":"\xff"}', 'latin1'), json],
    [400, 'malformed-json'],
  ],
  [
    'a body that is called compressed',
    ['POST', '/v1/clusters', '{"clusterId":"zip"}', { ...json, 'content-encoding': 'gzip' }],
    [415, 'unsupported-media-type', 'content-encoding'],
  ],
  [
    'a Last-Event-ID past the end',
    ['GET', '/v1/events/stream', undefined, { 'last-event-id': '999999' }],
    [400, 'invalid-request', 'last-event-id'],
  ],
  [
    'a negative Last-Event-ID',
    ['GET', '/v1/events/stream', undefined, { 'last-event-id': '-1' }],
    [400, 'invalid-request', 'last-event-id'],
  ],
  [
    'a release that goes with later ones only',
    ['POST', '/v1/releases', { ...RELEASE, version: '2.0.0', minCompatible: '3.0.0' }],
    [400, 'invalid-request', '/minCompatible'],
  ],
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

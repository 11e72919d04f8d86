import type { Recorded } from '@baton/kernel';
import * as fc from 'fast-check';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';
import { MalformedError } from './errors.js';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const word = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const recorded: fc.Arbitrary<Recorded> = fc
  .record(
    {
      position: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      stream: fc
        .tuple(fc.stringMatching(/^[a-z]{1,12}$/), fc.stringMatching(/^[a-z0-9_.-]{1,60}$/))
        .map((it) => it.join('-')),
      version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      type: fc.stringMatching(/^[A-Z][A-Za-z]{0,30}$/),
      data: json,
      cluster: fc.oneof(fc.constant('-'), word),
      upgrade: fc.option(fc.string(), { nil: undefined }),
      meta: fc.record(
        {
          actor: fc.string({ unit: 'binary' }),
          correlationId: fc.string(),
          causationId: fc.string(),
          commandId: fc.string(),
        },
        { noNullPrototype: true },
      ),
      recordedAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      hash: fc.stringMatching(/^[0-9a-f]{64}$/),
    },
    { noNullPrototype: true },
  )
  .map(({ upgrade, ...event }) => (upgrade === undefined ? event : { ...event, upgrade }));

const example: Recorded = {
  position: 12,
  stream: 'lane-u1_l1',
  version: 3,
  type: 'TokenGranted',
  data: { nodeId: 'n1' },
  cluster: 'demo',
  upgrade: 'u1',
  meta: { actor: 'rollout-svc', correlationId: 'c', causationId: 'lane-u1_l1:2', commandId: 'x' },
  recordedAt: '2026-01-01T00:00:00.000Z',
  hash: 'a'.repeat(64),
};

const changed = (change: Record<string, unknown>): Uint8Array => {
  const message = JSON.parse(new TextDecoder().decode(toCloudEvent(example))) as Record<string, unknown>;
  return new TextEncoder().encode(JSON.stringify({ ...message, ...change }));
};

describe('an event on the bus', () => {
  it('comes back as it was, whatever it holds', () => {
    fc.assert(fc.property(recorded, (event) => expect(fromCloudEvent(toCloudEvent(event))).toStrictEqual(event)));
  });

  it('is a CloudEvent 1.0 with the extensions of the contract', () => {
    expect(JSON.parse(new TextDecoder().decode(toCloudEvent(example)))).toEqual({
      specversion: '1.0',
      id: 'lane-u1_l1:3',
      source: '/baton/demo',
      type: 'io.baton.TokenGranted.v1',
      subject: 'lane-u1_l1',
      time: '2026-01-01T00:00:00.000Z',
      datacontenttype: 'application/json',
      position: 12,
      streamversion: 3,
      hash: 'a'.repeat(64),
      correlationid: 'c',
      causationid: 'lane-u1_l1:2',
      commandid: 'x',
      actor: 'rollout-svc',
      upgradeid: 'u1',
      data: { nodeId: 'n1' },
    });
  });

  it.each([
    ['specversion', '0.3'],
    ['id', 'lane-u1_l1:4'],
    ['source', 'demo'],
    ['type', 'TokenGranted'],
    ['type', 'io.baton.TokenGranted.v2'],
    ['subject', 'lane'],
    ['time', 'yesterday'],
    ['position', 0],
    ['position', '12'],
    ['streamversion', 1.5],
    ['hash', 'A'.repeat(64)],
    ['actor', undefined],
    ['commandid', 7],
    ['upgradeid', null],
    ['data', undefined],
  ])('is refused with the name of the wrong field: %s = %p', (field, value) => {
    const error: unknown = ((): unknown => {
      try {
        return fromCloudEvent(changed({ [field]: value }));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(MalformedError);
    expect(error).toMatchObject({ field });
  });

  it.each([['[]'], ['null'], ['"x"'], ['{'], ['']])('is refused when it is no JSON object: %s', (bytes) => {
    expect(() => fromCloudEvent(new TextEncoder().encode(bytes))).toThrow(MalformedError);
  });
});

import 'reflect-metadata';
import { renamed } from '@baton/testing';
import { readyToUpgrade, RELEASE, startGateway, type Fixture } from './gateway-fixture.js';

const LINES = ['1', '1.2'];
const MALFORMED = [
  ...['1.2.3.4', '1..3', '.1.2', '1.2.', '1.2.x', '', ' ', ' 1.2.3', '1.2.3 ', '1.2.3\n', '1 2 3', '1,2,3', '1-2-3'],
  ...[
    'v1.2.3',
    '01.2.3',
    '1.02.3',
    '1.2.03',
    '1.2.3-rc1',
    '1.2.3+build',
    '^1.2.3',
    '1.2.*',
    'latest',
    '-1.2.3',
    '1.-2.3',
  ],
  ...['1e3.2.1', '0x1.2.3', '1.2.1000000000', '1.2.99999999999999999999', '１.2.3', '1․2․3', '1.2.3\0', '1.2.3;1.2.4'],
  ...[1, 1.2, -1, true, null, [], ['1.2.3'], {}, { major: 1 }],
];

let gateway: Fixture;
beforeAll(async () => {
  gateway = await startGateway();
  await readyToUpgrade(gateway);
});
afterAll(() => gateway.close());

/** Every one is refused at that field, and nothing is recorded. */
const refusesAll = async (
  field: string,
  values: readonly unknown[],
  send: (value: unknown) => ReturnType<Fixture['send']>,
) => {
  const head = await gateway.log.head();
  for (const value of values) {
    const { status, body } = await send(value);
    const errors = (body.errors as { pointer?: string; detail: string }[] | undefined) ?? [];
    const pointers = errors.map(({ pointer }) => pointer);
    expect({ value, refused: status === 400 || status === 422, pointers }).toEqual({
      value,
      refused: true,
      pointers: [field],
    });
    expect(errors[0]?.detail).not.toBe('');
  }
  expect(await gateway.log.head()).toBe(head);
};

describe('a version in a form that is none is refused, and nothing is recorded,', () => {
  it('as the version of a release, and as the oldest one that it goes with', async () => {
    const register = (more: object) => gateway.send('POST', '/v1/releases', { ...RELEASE, version: '2.0.0', ...more });
    await refusesAll('/version', [...LINES, ...MALFORMED], (version) => register({ version }));
    await refusesAll('/minCompatible', [...LINES, ...MALFORMED], (minCompatible) => register({ minCompatible }));
  });

  it('as the target of an upgrade and of a plan', async () => {
    for (const path of ['upgrades', 'plans']) {
      await refusesAll('/to', MALFORMED, (to) => gateway.send('POST', `/v1/clusters/demo/${path}`, { to }));
    }
  });

  it('as the version from which a strategy begins', async () => {
    const { strategy } = (await gateway.send('GET', `/v1/strategies/${renamed('default')}`)).body;
    const publish = (from: unknown) =>
      gateway.send('PUT', '/v1/strategies/own', { ...strategy, name: 'own', versions: { from } });
    await refusesAll('/versions/from', [...LINES, ...MALFORMED], publish);
  });
});

import { eventually } from '@baton/testing';
import { FAULTS, POINTS } from '../src/faults/fault.js';
import { ARTIFACT } from './gateway.js';
import { faultsOf, Rig } from './rig.js';
import { CLUSTER } from './start-simulator.js';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start();
});
afterEach(() => rig.stop());

const store = async (): Promise<string> => (await rig.ask('n1', 'store', { artifact: ARTIFACT })).status;
const listed = async () => (await rig.call('GET', faultsOf('n1'))).body['faults'];

describe('the faults of a node', () => {
  it('count down, and strike no more often than they were to', async () => {
    await rig.fault({ at: 'store', kind: 'fail', times: 2 });
    expect([await store(), await store(), await store()]).toEqual(['failed', 'failed', 'done']);
    expect(await listed()).toEqual([{ id: 1, at: 'store', kind: 'fail', times: 0 }]);
  });

  it('strike one after the other in the order in which they were set', async () => {
    await rig.fault({ at: 'store', kind: 'disk-full', times: 1 });
    await rig.fault({ at: 'store', kind: 'fail', times: 1 });
    for (const reason of ['disk-full', 'store-failed']) {
      expect(await rig.ask('n1', 'store', { artifact: ARTIFACT })).toMatchObject({ reason });
    }
    expect(await store()).toBe('done');
  });

  it('are healed all at once, or those at one point', async () => {
    for (const at of POINTS) await rig.fault({ at, kind: Object.keys(FAULTS[at])[0] });
    const { body } = await rig.call('DELETE', `${faultsOf('n1')}?at=boot`);
    expect(body).toMatchObject({ healed: 1 });
    expect(body['faults']).toHaveLength(POINTS.length - 1);
    expect((await rig.call('DELETE', faultsOf('n1'))).body).toEqual({ healed: POINTS.length - 1, faults: [] });
    expect((await rig.call('DELETE', faultsOf('n1'))).body).toEqual({ healed: 0, faults: [] });
  });

  it('never share an id, so that the end of one is not the end of another', async () => {
    await rig.fault({ at: 'store', kind: 'hang' });
    const end = await rig.hangs('n1', 'store', { artifact: ARTIFACT });
    await rig.heal();
    await rig.fault({ at: 'store', kind: 'hang' });
    expect(await end()).toMatchObject({ status: 'done' });
    expect(await listed()).toEqual([{ id: 2, at: 'store', kind: 'hang' }]);
  });

  it('are kept over a restart of the simulator, also the one that holds the machine off', async () => {
    await rig.goesOff('n1', () => rig.fault({ at: 'heartbeat', kind: 'gone' }));
    await rig.fault({ at: 'store', kind: 'fail', times: 3 });
    await rig.restart();
    expect(await rig.node()).toMatchObject({ state: 'off', faults: [{ kind: 'gone' }, { kind: 'fail', times: 3 }] });
    await rig.heal('n1', 'heartbeat');
    await rig.is('up');
    expect(await store()).toBe('failed');
  });

  it('go by themselves after their time', async () => {
    await rig.fault({ at: 'store', kind: 'hang', ms: 60 });
    expect(await store()).toBe('done');
    await rig.fault({ at: 'heartbeat', kind: 'gone', times: 1, ms: 30 });
    await rig.is('off');
    await rig.is('up');
  });
});

describe('a fault for a machine that is down', () => {
  beforeEach(async () => {
    await rig.fault({ at: 'boot', kind: 'hang' });
    await rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 });
    await rig.is('booting');
  });

  it('is there when it comes up', async () => {
    await rig.fault({ at: 'heartbeat', kind: 'unhealthy' });
    await rig.fault({ at: 'stable', kind: 'unhealthy' });
    await rig.fault({ at: 'store', kind: 'fail' });
    await rig.heal('n1', 'boot');
    await rig.is('up');
    expect(await rig.services()).toBe('down');
    await rig.heal('n1', 'heartbeat');
    expect(await rig.services()).toBe('down');
    await rig.heal('n1', 'stable');
    await rig.servicesAre('up');
    expect(await store()).toBe('failed');
  });

  it('keeps it off when it is gone', async () => {
    await rig.fault({ at: 'heartbeat', kind: 'gone' });
    expect((await rig.node()).state).toBe('off');
    await rig.heal('n1', 'boot');
    expect((await rig.node()).state).toBe('off');
    await rig.heal('n1', 'heartbeat');
    await rig.is('up');
  });

  it('is set off when it is up, if it crashes', async () => {
    const crashes = () => rig.truth().filter(({ event }) => event === 'down').length;
    await rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1, ms: 20 });
    expect(crashes()).toBe(1);
    await rig.heal('n1', 'boot');
    await eventually('it has crashed once more', () => crashes() === 2);
    await rig.is('up');
  });
});

describe('the routes of faults', () => {
  it('say what is possible, and what ms means', async () => {
    const { status, body } = await rig.call('GET', '/v1/faults');
    expect(status).toBe(200);
    expect(body['possible']).toEqual(FAULTS);
    expect(Object.keys(body['ms'] as object)).toContain('slow');
  });

  it('refuse a body with each field that is wrong by name, and set nothing', async () => {
    const { status, body } = await rig.call('POST', faultsOf('n1'), { at: 'stage', kind: 'flap', times: 0, why: '' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: '/problems/invalid-request',
      detail: expect.stringMatching(/kind is not possible at stage; possible are fail, hang, slow/),
    });
    const pointers = (body['errors'] as readonly { readonly pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/kind', '/times', '/why']);
    expect(await listed()).toEqual([]);
  });

  it.each([
    ['{"at":', 400, '/problems/malformed-json'],
    ['', 400, '/problems/malformed-json'],
    ['null', 400, '/problems/invalid-request'],
    [`"${'x'.repeat(70_000)}"`, 413, '/problems/body-too-large'],
  ])('refuse a body that is no fault: %.12s', async (text, status, type) => {
    expect(await rig.call('POST', faultsOf('n1'), text)).toMatchObject({ status, body: { type, status } });
  });

  it.each([
    ['POST', faultsOf('n9'), 404, 'unknown-node'],
    ['GET', '/v1/clusters/other/nodes/n1/faults', 404, 'unknown-node'],
    ['PUT', faultsOf('n1'), 405, 'method-not-allowed'],
    ['DELETE', `${faultsOf('n1')}?at=lunch`, 400, 'invalid-request'],
    ['POST', '/v1/faults', 404, 'unknown-route'],
    ['GET', `/nodes/${CLUSTER}/n9/probe`, 404, 'unknown-node'],
  ])('refuse what is not there: %s %s', async (method, path, status, kind) => {
    const body = method === 'POST' ? { at: 'boot', kind: 'fail' } : undefined;
    expect(await rig.call(method, path, body)).toMatchObject({ status, body: { type: `/problems/${kind}` } });
  });
});

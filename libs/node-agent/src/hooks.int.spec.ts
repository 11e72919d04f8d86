import { FakeNode } from '../test/fake-node.js';
import { Failure } from './failure.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(() => node.stop());

const hooks = ['bgp', 'tunnels'];

describe('hooks that an order names', () => {
  it('X-24 run before the node hands over what it serves, in their order, once however often it is asked', async () => {
    const done = { status: 'done', outcome: { hooks: hooks.map((hook) => ({ hook, evidence: `${hook} is done.` })) } };
    expect(await node.ends('drain', { args: { hooks } })).toMatchObject(done);
    expect(await node.ends('drain', { args: { hooks } })).toMatchObject(done);
    expect(node.driver.did).toEqual(['drain hook bgp', 'drain hook tunnels', 'drain']);
  });

  it('run again the other way when the node is told that it is stable, under its token', async () => {
    const more = { args: { hooks }, epoch: 3_000_001 };
    expect(await node.ends('undrain', more)).toMatchObject({
      status: 'done',
      outcome: { hooks: [{ hook: 'bgp' }, {}] },
    });
    expect(node.driver.did).toEqual(['undrain hook bgp', 'undrain hook tunnels']);
    expect(await node.ask('undrain', { args: { hooks }, attempt: 2 })).toMatchObject({ reason: 'epoch-missing' });
  });

  it('N-16 end the order when one fails: the node does not drain, and serves again', async () => {
    node.driver.failures.set('hook', new Failure('hook-failed', 'bgp is still up.'));
    expect(await node.ends('drain', { args: { hooks } })).toMatchObject({ status: 'failed', reason: 'hook-failed' });
    expect(node.driver.did).toEqual(['undrain']);
  });
});

import { eventually } from '@baton/testing';
import { FakeNode } from '../test/fake-node.js';
import { TestServer } from '../test/peer.js';

let node: FakeNode;
beforeEach(async () => {
  node = await FakeNode.start();
});
afterEach(() => node.stop());

describe('a question', () => {
  it('is answered anew each time, whatever upgrade asks, and nothing of it is kept', async () => {
    expect(await node.ask('inspect')).toMatchObject({ status: 'done', outcome: { facts: { bootId: 'boot-1' } } });
    await node.reboot();
    expect(await node.ask('inspect', { upgradeNo: 1 })).toMatchObject({
      ...{ upgradeNo: 1, bootId: 'boot-2' },
      outcome: { facts: { bootId: 'boot-2', upgradeNo: 0, epoch: 0 } },
    });
  });

  it('is answered with the address under which peers reach the node, for whoever has not heard its hello', async () => {
    const { outcome } = await node.ask('inspect');
    expect(outcome?.url).toBe('http://127.0.0.1:9');
  });

  it('is answered while an order is on its way', async () => {
    const release = node.driver.hold('stage');
    await node.begin('stage');
    expect(await node.ask('inspect')).toMatchObject({ status: 'done' });
    release();
    await node.ends('stage');
  });

  it('is not answered by a machine that cannot say how it is', async () => {
    node.driver.inspect = () => Promise.reject(new Error('EIO'));
    await expect(node.ask('inspect')).rejects.toThrow('EIO');
  });
});

describe('a probe that outlasts the reply', () => {
  let peer: TestServer;
  let answers: (() => void)[];
  beforeEach(async () => {
    answers = [];
    peer = await TestServer.start((_request, response) => {
      answers.push(() => response.end(JSON.stringify({ nodeId: 'n2', hypervisorUp: true })));
    });
  });
  afterEach(() => peer.stop());

  const probe = () => node.command('probe', { peers: ['n2'], urls: { n2: peer.url }, args: {} });
  const reached = { status: 'done', outcome: { probe: { reached: 1, failures: [] }, facts: { nodeId: 'n1' } } };

  /** Asks, and lets the time pass in which a reply is waited for. */
  const asked = async () => {
    const answer = node.agent.handle(probe());
    await eventually('the peer is asked', () => answers.length > 0);
    node.clock.advance(1_500);
    return answer;
  };

  it('is answered running, and who asks again gets what it found', async () => {
    expect(await asked()).toMatchObject({ status: 'running' });
    answers[0]?.();
    const again = node.agent.handle(probe());
    expect(await again).toMatchObject(reached);
    expect(answers).toHaveLength(1);
  });

  it('is made anew when what it found has been told', async () => {
    await asked();
    answers[0]?.();
    await node.agent.handle(probe());
    const anew = node.agent.handle(probe());
    await eventually('the peer is asked again', () => answers.length === 2);
    answers[1]?.();
    expect(await anew).toMatchObject(reached);
  });

  it('is made anew when what it found is older than evidence may be (N-14)', async () => {
    let looks = 0;
    const { inspect } = node.driver;
    node.driver.inspect = async () => {
      const facts = await inspect.call(node.driver);
      looks += 1;
      return facts;
    };
    await asked();
    answers[0]?.();
    await eventually('it came to its end', () => looks === 1);
    node.clock.advance(3_001);
    const anew = node.agent.handle(probe());
    await eventually('the peer is asked again', () => answers.length === 2);
    answers[1]?.();
    expect(await anew).toMatchObject(reached);
  });
});

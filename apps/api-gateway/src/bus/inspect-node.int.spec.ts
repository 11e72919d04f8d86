import { connectBus, serveCommands, type Bus } from '@baton/bus';
import { isQuestion, type Answer, type NodeCommand } from '@baton/contracts';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { helloOf } from '../../test/gateway-fixture.js';
import { inspectNode } from './inspect-node.js';

const { facts, url } = helloOf('demo', 'n-01');

describe('asking a node what it is', () => {
  let nats: TestNats;
  let gateway: Bus;
  let agent: Bus;
  beforeEach(async () => {
    nats = await startNats();
    gateway = await connectBus({ servers: nats.url, name: 'gateway' });
    agent = await connectBus({ servers: nats.url, name: 'agent' });
  });
  afterEach(async () => {
    await gateway.close();
    await agent.close();
    await nats.stop();
  });

  const answers = async (ending: Pick<Answer, 'status' | 'outcome'>): Promise<readonly NodeCommand[]> => {
    const got: NodeCommand[] = [];
    serveCommands(agent, 'demo', 'n-01', async (command) => {
      got.push(command);
      const { peers: _peers, urls: _urls, args: _args, ...key } = command;
      return { ...key, bootId: 'b-1', runId: 'r-1', ...ending };
    });
    await agent.nc.flush();
    return got;
  };

  it('brings its facts and its address, by a question that changes nothing', async () => {
    const got = await answers({ status: 'done', outcome: { facts, url } });
    expect(await inspectNode(gateway, 'demo', 'n-01')).toEqual({ facts, url });
    expect(got.map(({ verb }) => isQuestion(verb))).toEqual([true]);
  });

  it('brings its facts alone from an agent that does not tell its address', async () => {
    await answers({ status: 'done', outcome: { facts } });
    expect(await inspectNode(gateway, 'demo', 'n-01')).toEqual({ facts });
  });

  it('brings nothing when the node is not there, or says nothing of itself', async () => {
    expect(await inspectNode(gateway, 'demo', 'n-01')).toBeUndefined();
    await answers({ status: 'running' });
    expect(await inspectNode(gateway, 'demo', 'n-01')).toBeUndefined();
  });

  it('calls no node silent while NATS is away', async () => {
    await nats.kill();
    await eventually('it noticed', () => !gateway.isConnected());
    await expect(inspectNode(gateway, 'demo', 'n-01')).rejects.toMatchObject({
      kind: 'not-ready',
      more: { missing: 'nats' },
    });
  });
});

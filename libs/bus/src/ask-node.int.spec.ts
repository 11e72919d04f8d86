import type { Answer, Heartbeat, NodeCommand, NodeHello } from '@baton/contracts';
import { commandSubject, confirmSubject, heartbeatSubject } from '@baton/contracts';
import { eventually, startNats, type TestNats } from '@baton/testing';
import { answer } from '../test/service.js';
import { askNode, serveCommands } from './ask-node.js';
import { askConfirm, serveConfirm } from './confirm.js';
import { connectBus, type Bus } from './connect.js';
import { followHeartbeats, publishHeartbeat, publishReport } from './report.js';

const command: NodeCommand = {
  clusterId: 'demo',
  nodeId: 'n1',
  verb: 'stage',
  stage: 'staging',
  upgradeId: 'u1',
  upgradeNo: 1,
  instance: 'u1',
  attempt: 1,
  args: {},
  urls: { n2: 'http://n2' },
};
const ask = { clusterId: 'demo', nodeId: 'n1', upgradeId: 'u1', instance: 'u1_a', epoch: 1_000_001 };
const heartbeat: Heartbeat = {
  clusterId: 'demo',
  nodeId: 'n1',
  url: 'http://n1',
  bootId: 'boot-1',
  active: 'A',
  layers: { software: '1.0.0' },
  healthy: true,
  epoch: 0,
};

describe('talking to nodes', () => {
  let nats: TestNats;
  let service: Bus;
  let agent: Bus;

  beforeEach(async () => {
    nats = await startNats();
    service = await connectBus({ servers: nats.url, name: 'service' });
    agent = await connectBus({ servers: nats.url, name: 'agent' });
  });
  afterEach(async () => {
    await service.close();
    await agent.close();
    await nats.stop();
  });

  const flushed = (): Promise<void> => agent.nc.flush();

  it('brings a command to its node and the answer back', async () => {
    const got: NodeCommand[] = [];
    serveCommands(agent, 'demo', 'n1', async (it) => {
      got.push(it);
      return answer;
    });
    await flushed();
    expect(await askNode(service, command)).toEqual(answer);
    expect(got).toEqual([command]);
  });

  it('serves a thousand nodes of a process by one subscription', async () => {
    const nodes = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    for (const nodeId of nodes) serveCommands(agent, 'demo', nodeId, async () => ({ ...answer, nodeId }));
    await flushed();
    const answers = await Promise.all(nodes.map((nodeId) => askNode(service, { ...command, nodeId }, 10_000)));
    expect(answers.map((it) => it?.nodeId)).toEqual(nodes);
    expect(agent.nc.stats().inMsgs).toBe(1_000);
  });

  it('takes silence for what it is: nobody there, a node that is gone, one that fails, one that is too late', async () => {
    expect(await askNode(service, command)).toBeUndefined();
    const leave = serveCommands(agent, 'demo', 'n1', async () => answer);
    serveCommands(agent, 'demo', 'n2', () => Promise.reject(new Error('broken')));
    serveCommands(agent, 'demo', 'n3', () => new Promise<Answer>(() => undefined));
    leave();
    await flushed();
    for (const nodeId of ['n1', 'n2', 'n3'])
      expect(await askNode(service, { ...command, nodeId }, 100)).toBeUndefined();
    expect(service.counts.malformed).toBe(0);
  });

  it('counts answers that cannot be read or belong to another node, and takes none of them', async () => {
    const replies = [
      'no json',
      JSON.stringify({ ...answer, status: 'perhaps' }),
      JSON.stringify({ ...answer, nodeId: 'n2' }),
    ];
    const rest = [...replies];
    agent.nc.subscribe(commandSubject('demo', 'n1', 'stage'), {
      callback: (_error, it) => void it.respond(rest.shift()),
    });
    await flushed();
    while (rest.length > 0) expect(await askNode(service, command)).toBeUndefined();
    expect(service.counts.malformed).toBe(3);
  });

  it('drops commands that cannot be read or are for another node than their subject says', async () => {
    serveCommands(agent, 'demo', 'n1', async () => answer);
    await flushed();
    const subject = commandSubject('demo', 'n1', 'stage');
    for (const bad of [
      '{',
      JSON.stringify({ ...command, verb: 'explode' }),
      JSON.stringify({ ...command, nodeId: 'n2' }),
    ])
      await expect(service.nc.request(subject, bad, { timeout: 100 })).rejects.toThrow();
    expect(agent.counts.malformed).toBe(3);
  });

  it('asks every replica for confirmation and takes the first answer, and gets none where nobody serves', async () => {
    expect(await askConfirm(agent, ask)).toBeUndefined();
    const hangs = await connectBus({ servers: nats.url, name: 'replica' });
    let asked = 0;
    serveConfirm(hangs, () => {
      asked += 1;
      return new Promise(() => undefined);
    });
    serveConfirm(service, ({ epoch }) => Promise.resolve({ confirmed: epoch === ask.epoch }));
    await Promise.all([hangs, service].map((bus) => bus.nc.flush()));
    for (let epoch = ask.epoch; asked < 10; epoch += 1) {
      expect(await askConfirm(agent, { ...ask, epoch })).toEqual({ confirmed: epoch === ask.epoch });
      await hangs.nc.flush();
    }
    await hangs.close();
  });

  it('confirms nothing to a node that asks for another, or when the answer is not known', async () => {
    serveConfirm(service, () => Promise.reject(new Error('the database is away')));
    await service.nc.flush();
    expect(await askConfirm(agent, ask, 100)).toBeUndefined();
    const forged = agent.nc.request(confirmSubject('demo', 'n2'), JSON.stringify(ask), { timeout: 100 });
    await expect(forged).rejects.toThrow();
    expect(service.counts.malformed).toBe(1);
  });

  it('refuses to call a report taken when nobody keeps it or the server is gone', async () => {
    const hello: NodeHello = { clusterId: 'demo', nodeId: 'n1', url: 'http://n1', facts: {} as NodeHello['facts'] };
    await expect(publishReport(agent, 'baton.v1.rpt.demo.n1.membership.NodeHello', hello)).rejects.toThrow();
    await nats.kill();
    await eventually('it noticed', () => !agent.isConnected());
    await expect(publishReport(agent, 'baton.v1.rpt.demo.n1.membership.NodeHello', hello)).rejects.toThrow(
      'not connected',
    );
    expect(await askNode(service, command)).toBeUndefined();
  });

  it('brings heartbeats, and drops those of impostors', async () => {
    const heard: Heartbeat[] = [];
    followHeartbeats(service, (it) => heard.push(it));
    await service.nc.flush();
    agent.nc.publish(heartbeatSubject('demo', 'n2'), JSON.stringify(heartbeat));
    agent.nc.publish(heartbeatSubject('demo', 'n1'), 'alive');
    publishHeartbeat(agent, heartbeat);
    await eventually('it came', () => heard.length > 0);
    expect(heard).toEqual([heartbeat]);
    expect(service.counts.malformed).toBe(2);
  });
});

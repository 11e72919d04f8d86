import { LineClient } from '@baton/testing';
import { Rig } from './rig.js';

const NODES = ['n1', 'n2', 'n3'];

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.start({ nodes: NODES.length, paces: { bootMs: 50, drainMs: 20 } });
});
afterEach(() => rig.stop());

const connect = async (nodeId: string): Promise<LineClient> =>
  LineClient.connect((await rig.node(nodeId)).workload['block'] ?? 0);

/** One request on a connection of its own; undefined: the node does not serve. */
const ask = async (nodeId: string, line: string): Promise<string | undefined> => {
  const client = await connect(nodeId);
  const answer = await client.ask(line);
  client.close();
  return answer;
};

/** Asks one node after the other, as a client with a list of addresses does. */
const askAny = async (first: number, line: string): Promise<string | undefined> => {
  for (let step = 0; step < NODES.length; step += 1) {
    const answer = await ask(NODES[(first + step) % NODES.length]!, line);
    if (answer !== undefined) return answer;
  }
  return undefined;
};

describe('the workload of a cluster', () => {
  it('is the same through each of its nodes', async () => {
    expect(await ask('n1', 'GET k')).toBe('NONE');
    expect(await ask('n1', 'PUT k v with words')).toBe('OK');
    for (const nodeId of NODES) expect(await ask(nodeId, 'GET k')).toBe('VALUE v with words');
    expect(await ask('n2', 'PUT ../a/k other')).toBe('OK');
    expect(await ask('n3', 'GET ../a/k')).toBe('VALUE other');
  });

  it('answers requests in order, and says what it does not understand', async () => {
    const client = await connect('n1');
    for (const line of ['PUT k 1', 'GET k', 'PUT k', 'GET', 'DROP k', '']) client.send(line);
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await client.answer());
    const help = 'ERROR say PUT key value, or GET key';
    expect(answers).toEqual(['OK', 'VALUE 1', help, help, help, help]);
    client.close();
  });

  it('cuts off who sends a line without an end', async () => {
    const client = await connect('n1');
    client.write('x'.repeat(100_000));
    expect(await client.answer()).toBeUndefined();
  });

  it('is served by another node when one is off, and is still there afterwards (N-17)', async () => {
    expect(await ask('n1', 'PUT k before')).toBe('OK');
    await rig.goesOff('n1', () => rig.fault({ at: 'heartbeat', kind: 'gone' }));
    expect(await ask('n1', 'GET k')).toBeUndefined();
    expect(await askAny(0, 'GET k')).toBe('VALUE before');
    expect(await askAny(0, 'PUT k meanwhile')).toBe('OK');
    await rig.heal();
    await rig.is('up');
    expect(await ask('n1', 'GET k')).toBe('VALUE meanwhile');
    await rig.restart();
    await rig.is('up');
    expect(await ask('n1', 'GET k')).toBe('VALUE meanwhile');
  });

  it('goes on without a failed request while one node after the other goes down for its token (N-17)', async () => {
    const goneOver = { ended: false };
    const answers: (string | undefined)[] = [];
    const client = async (): Promise<void> => {
      for (let turn = 0; !goneOver.ended; turn += 1) {
        answers.push(await askAny(turn, `PUT k ${turn}`));
        answers.push((await askAny(turn + 1, 'GET k')) === `VALUE ${turn}` ? 'OK' : 'another value');
      }
    };
    const running = client();
    for (const nodeId of NODES) {
      await rig.bootsAgain(nodeId, async () => {
        await rig.stage(nodeId);
        rig.grant();
        expect(await rig.ask(nodeId, 'drain')).toMatchObject({ status: 'done' });
        expect(await ask(nodeId, 'GET k')).toBeUndefined();
        expect(await rig.goOver(nodeId)).toMatchObject({ status: 'done' });
      });
    }
    goneOver.ended = true;
    await running;
    expect(new Set(answers)).toEqual(new Set(['OK']));
    expect(answers.length).toBeGreaterThan(20);
  });

  it('leaves a node that drains to its end, and comes back when its turn was given up', async () => {
    const client = await connect('n1');
    expect(await client.ask('PUT k v')).toBe('OK');
    rig.grant();
    expect(await rig.ask('n1', 'drain')).toMatchObject({ status: 'done' });
    expect(await client.answer()).toBeUndefined();
    expect(await rig.node('n1')).toMatchObject({ state: 'drained' });
    expect(await ask('n1', 'GET k')).toBeUndefined();
    expect(await rig.ask('n1', 'cancel', { cancels: { verb: 'drain', attempt: 1 } })).toMatchObject({ status: 'done' });
    expect(await rig.node('n1')).toMatchObject({ state: 'up' });
    expect(await ask('n1', 'GET k')).toBe('VALUE v');
  });
});

import { Rig } from './rig.js';

const NODES = 60;

describe('a simulator with many nodes', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ nodes: NODES });
  });
  afterAll(() => rig.stop());

  it('has a node reach all others both ways, and all of them do so at a time', async () => {
    const nodes = Array.from({ length: NODES }, (_, index) => `n${index + 1}`);
    const answers = await Promise.all(nodes.map((nodeId) => rig.ask(nodeId, 'probe', { back: true })));
    const all = { reached: 2 * (NODES - 1), failures: [] };
    expect(answers.map(({ outcome }) => outcome?.probe)).toEqual(nodes.map(() => all));
  });
});

import { stripVTControlCharacters } from 'node:util';
import { node, pictureOf, rolling, stalled, START } from '../../test/picture-fixtures.js';
import { upgradeBlock } from './upgrade-block.js';

const shown = (...[picture, rows = 24]: [Parameters<typeof upgradeBlock>[0], number?]): string[] =>
  upgradeBlock(picture, START + 12_300, rows).map((line) => stripVTControlCharacters(line).trim());

describe('the block of an upgrade', () => {
  it('shows state, stage, progress, and how long it has been running', () => {
    const [head, stages] = shown(pictureOf(rolling));
    expect(head).toBe('demo  1.0.0 → 1.1.0  rolling  nutanix-aos · 12 s');
    expect(stages).toMatch(/^✔ precheck  ✔ distribution  ✔ staging  ● rollout   ━{6}╌{18} 1\/4$/);
  });

  it('shows both partitions of each node, the active one marked, and who has the token', () => {
    const lines = shown(pictureOf(rolling, { down: new Set(['n-02']), downMost: 1 }));
    expect(lines).toContain('n-01  main  ✔ stable       1.0.0   ▸ 1.1.0');
    expect(lines).toContain('n-02  main  ▼ activated  ▸ 1.0.0     1.1.0   ◀ token 1000002 3.3 s  down');
  });

  it('shows how far a transfer is', () => {
    const nodes = [node('n-01', 'staging'), node('n-02', 'waiting')];
    const lines = shown(pictureOf({ ...rolling, nodes, lanes: [] }, { transfers: new Map([['n-01', 0.5]]) }));
    expect(lines).toContainEqual(expect.stringMatching(/^n-01 .*━{6}╌{6} 50 %$/));
  });

  it('says why a stalled upgrade waits, what to do, and which commands may be asked', () => {
    expect(shown(pictureOf(stalled)).slice(-2)).toEqual([
      '■ n-02 did not boot 1.1.0 and went back to 1.0.0 after 3 tries. Look at its console, then retry it.',
      'may be asked: retry, skip, rollback',
    ]);
  });

  it('of many nodes shows those that something happens to, and fits into the terminal', () => {
    const many = Array.from({ length: 50 }, (_, index) => node(`n-${index}`, 'staged'));
    const nodes = [...many, node('n-50', 'activated')];
    const lines = shown(pictureOf({ ...rolling, nodes }), 12);
    expect(lines).toHaveLength(12);
    expect(lines[4]).toMatch(/^n-50 .*▼ activated/);
    expect(lines).toContain('and 46 more');
  });

  it('of a cluster without an upgrade says that it waits', () => {
    const { status: _none, ...picture } = pictureOf(rolling);
    expect(shown(picture)).toEqual(['demo  waits for its nodes']);
  });
});

import { stripVTControlCharacters } from 'node:util';
import { node, pictureOf, rolling, stalled, START } from '../../test/picture-fixtures.js';
import { upgradeBlock, type UpgradePicture } from './upgrade-block.js';

const drawn = (picture: UpgradePicture, columns = 200, rows = 24): readonly string[] =>
  upgradeBlock(picture, START + 12_300, { columns, rows }).map(stripVTControlCharacters);
const shown = (picture: UpgradePicture, rows?: number): string[] =>
  drawn(picture, undefined, rows).map((line) => line.trim());

describe('the block of an upgrade', () => {
  it('shows state, stage, progress, and how long it has been running', () => {
    const [head, stages] = shown(pictureOf(rolling));
    expect(head).toBe('demo  1.0.0 → 1.1.0  rolling  one-by-one · 12 s');
    expect(stages).toMatch(/^✔ precheck  ✔ distribution  ✔ staging  ● rollout   ━{4}╌{12} 1\/4$/);
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
    const stored = [node('n-01', 'stored')];
    const late = shown(pictureOf({ ...rolling, nodes: stored, lanes: [] }, { transfers: new Map([['n-01', 0.6]]) }));
    expect(late.join()).not.toContain('60 %');
  });

  it('says why a stalled upgrade waits, what to do, and which commands may be asked and how', () => {
    expect(shown(pictureOf(stalled)).slice(-3)).toEqual([
      '■ n-02 did not boot 1.1.0 and went back to 1.0.0 after 3 tries. Look at its console, then retry it.',
      'may be asked: retry, skip, rollback',
      'how: http://127.0.0.1:8080/v1/upgrades/u01kaj3v5mz8r0c2d4e6g7h9jkn/explain',
    ]);
  });

  it('cuts off neither progress nor reasons in a terminal of 80 columns', () => {
    const progress = { done: 1000, total: 1000 };
    const lines = drawn(pictureOf({ ...stalled, progress }), 80);
    // What went wrong with a node stands below in full.
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('  n-'))).toEqual([]);
    expect(lines[1]).toMatch(/ 1000\/1000$/);
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text).toContain(
      '■ n-02 did not boot 1.1.0 and went back to 1.0.0 after 3 tries. Look at its console, then retry it.',
    );
    expect(text).toContain('may be asked: retry, skip, rollback');
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

import type { Strategy } from '@baton/contracts';
import { member, strategy } from '../../test/precheck-fixtures.js';
import { TARGETS_MAX, looksOf } from './looks.js';

const role = (nodeId: string, name: string) => member(nodeId, { labels: { role: name } });
const members = [role('c1', 'controller'), role('c2', 'controller'), role('s1', 'se'), role('s2', 'se')];
const se = { role: 'se' };
const controller = { role: 'controller' };

describe('what each node tries', () => {
  const tried = (over: Partial<Strategy>) => {
    const of = looksOf(members, strategy(over));
    return Object.fromEntries(members.map(({ nodeId }) => [nodeId, [...of(nodeId).ports, ...of(nodeId).names]]));
  };

  it('is the port of every node that the strategy names, from those that it names (V-13)', () => {
    const port = 8443;
    const both = [
      { nodeId: 'c1', port },
      { nodeId: 'c2', port },
    ];
    expect(tried({ reach: [{ from: se, to: controller, port }] })).toEqual({ c1: [], c2: [], s1: both, s2: both });
  });

  it('is the port of a host, and a name, from those that the strategy names (X-29, X-30)', () => {
    const looks = [
      { host: 'www.github.com', port: 22 },
      { name: 'www.github.com', server: '8.8.8.8' },
    ];
    const reach = [{ from: controller, to: 'www.github.com', port: 22 }];
    const names = [{ from: controller, name: 'www.github.com', server: '8.8.8.8' }];
    expect(tried({ reach, names })).toEqual({ c1: looks, c2: looks, s1: [], s2: [] });
  });

  it('is tried by all where nobody is named, and by no node at itself', () => {
    const { c1, s1 } = tried({ reach: [{ to: controller, port: 1 }] });
    expect(c1).toEqual([{ nodeId: 'c2', port: 1 }]);
    expect(s1).toHaveLength(2);
  });

  it('is nothing but peers where the strategy names nothing', () => {
    expect(looksOf(members, strategy())('s1')).toEqual({ peers: ['s2', 'c1', 'c2'], ports: [], names: [] });
    expect(looksOf(members, strategy())('s9')).toEqual({ peers: [], ports: [], names: [] });
  });
});

describe('in a large cluster', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    role(`n${String(index).padStart(4, '0')}`, index < 30 ? 'controller' : 'se'),
  );
  const of = looksOf(
    many,
    strategy({ waves: [{ name: 'all', lanes: 'per-node' }], reach: [{ from: se, to: controller, port: 8443 }] }),
  );

  it('a node tries a few of many, all of these are tried by somebody, and it gets their addresses', () => {
    const targets = many.map(({ nodeId }) => of(nodeId).ports.map((look) => ('nodeId' in look ? look.nodeId : '')));
    expect(new Set(targets.map(({ length }) => length))).toEqual(new Set([0, TARGETS_MAX]));
    expect(new Set(targets.flat()).size).toBe(30);
    for (const [index, { nodeId }] of many.entries()) {
      expect(of(nodeId).peers).toEqual(expect.arrayContaining(targets[index] ?? []));
      expect(new Set(of(nodeId).peers).size).toBe(of(nodeId).peers.length);
    }
  });
});

import { member } from '../../test/precheck-fixtures.js';
import { probePeers } from './probe-peers.js';

const members = (count: number, lanes: number) =>
  Array.from({ length: count }, (_, index) => member(`n${index}`, { labels: { lane: `l${index % lanes}` } }));
const byLane = [{ name: 'nodes', lanes: { label: 'lane' } }];

it('has each node probe all others in a cluster of up to 200 (N-05)', () => {
  const all = members(200, 4);
  const peers = probePeers(all, byLane);
  for (const { nodeId } of all) expect(new Set([...(peers.get(nodeId) ?? []), nodeId]).size).toBe(200);
});

it('has each node of a large cluster probe its lane and a ring of 8, and be probed as often (N-05)', () => {
  const peers = probePeers(members(1000, 50), byLane);
  expect(peers.get('n3')).toEqual(expect.arrayContaining(['n53', 'n953', 'n4', 'n11']));
  expect(peers.get('n3')).not.toContain('n12');
  const probed = [...peers.values()].flat().filter((id) => id === 'n3');
  expect(probed).toHaveLength(19 + 8);
  expect(peers.get('n3')).toHaveLength(19 + 8);
});

it('keeps a command small in a lane of thousands', () => {
  const peers = probePeers(members(2000, 1), byLane);
  expect(Math.max(...[...peers.values()].map((ids) => ids.length))).toBeLessThanOrEqual(208);
});

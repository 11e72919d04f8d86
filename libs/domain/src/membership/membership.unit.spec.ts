import type { Facts, Membership, NodeEvent, NodeHello } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import {
  decideNode,
  foldNode,
  foldNodes,
  membersIn,
  membersOf,
  noNode,
  type Inspected,
  type MembershipCommand,
} from './membership.js';

const membership: Membership = {
  ...{ clusterId: 'demo', nodeId: 'n-01', url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A' },
  partitions: { A: { version: '1.0.0', state: 'good' }, B: { state: 'empty' } },
  ...{ layers: { software: '1.0.0' }, failureDomain: 'rack-1', labels: { role: 'member' } },
};
const { clusterId, nodeId, url, ...known } = membership;
const facts = { ...known, nodeId, freeBytes: 1, healthyForMs: 5 } as unknown as Facts;
const hello: NodeHello = { clusterId, nodeId, url, facts };

const joined: NodeEvent = { type: 'NodeJoined', data: membership };
const evicted: NodeEvent = { type: 'NodeEvicted', data: { clusterId, nodeId, reason: 'gone', confirmedDown: true } };
const readmitted: NodeEvent = { type: 'NodeReadmitted', data: { clusterId, nodeId, reason: 'repaired' } };

const clusterHistory = (frozen: boolean): readonly Given[] => [
  { stream: 'cluster-demo', type: 'ClusterCreated', data: { clusterId } },
  ...(frozen ? [{ stream: 'cluster-demo', type: 'UpgradeAdmitted', data: { upgradeId: 'u1', upgradeNo: 1 } }] : []),
];
const given = (history: readonly NodeEvent[], frozen = false) => {
  const events = recorded(history.map((event) => ({ stream: 'node-demo_n-01', ...event })));
  const cluster = recorded(clusterHistory(frozen)).reduce(foldCluster, noCluster);
  return { when: (command: MembershipCommand) => decideNode(command, events.reduce(foldNode, noNode), cluster) };
};
const take: MembershipCommand = { type: 'TakeHello', hello };
const unasked: MembershipCommand = { type: 'ReadmitNode', clusterId, nodeId, reason: 'repaired' };
const readmit: MembershipCommand = { ...unasked, inspected: { facts, url } };
const evict: MembershipCommand = { type: 'EvictNode', clusterId, nodeId, reason: 'gone', confirmedDown: true };
const frozenRefusal = { refused: { kind: 'cluster-frozen', message: expect.stringContaining('u1') } };

describe('membership', () => {
  it('takes a node in when it says hello for the first time, keeping what others need of it', () => {
    expect(given([]).when(take)).toEqual({ events: [joined] });
  });

  it('keeps of what a node serves as much as fits into an event', () => {
    const workloads = Array.from({ length: 2000 }, (_, index) => ({ name: `service-${index}` }));
    const decided = given([]).when({ type: 'TakeHello', hello: { ...hello, facts: { ...facts, workloads } } });
    const [event] = 'events' in decided ? decided.events : [];
    expect(JSON.stringify(event).length).toBeLessThan(20 * 1024);
    expect(event?.data).toMatchObject({ workloads: expect.arrayContaining(workloads.slice(0, 500)) });
  });

  it('is the same from all events at once as from one after the other', () => {
    const events = recorded([joined, evicted, readmitted].map((event) => ({ stream: 'node-demo_n-01', ...event })));
    for (const end of [0, 1, 2, 3]) {
      const some = events.slice(0, end);
      expect(membersIn(some)).toEqual(membersOf(some.reduce(foldNodes, new Map())));
    }
  });

  it('records nothing when a hello says what is known, in whatever order its fields are', () => {
    expect(given([joined]).when(take)).toEqual({ events: [] });
    const shuffled = { ...hello, facts: { ...facts, labels: { role: 'member' }, layers: { software: '1.0.0' } } };
    expect(given([joined]).when({ type: 'TakeHello', hello: shuffled })).toEqual({ events: [] });
  });

  it('records a new boot, a new version or a new address, also while an upgrade is active', () => {
    const rebooted = { ...hello, facts: { ...facts, bootId: 'b-2', layers: { software: '1.1.0' } } };
    expect(given([joined], true).when({ type: 'TakeHello', hello: rebooted })).toEqual({
      events: [{ type: 'NodeChanged', data: { ...membership, bootId: 'b-2', layers: { software: '1.1.0' } } }],
    });
  });

  it('lets a new node wait while the cluster is frozen', () => {
    expect(given([], true).when(take)).toEqual(frozenRefusal);
  });

  it('ignores a node that was evicted until it is readmitted', () => {
    const rebooted = { ...hello, facts: { ...facts, bootId: 'b-2' } };
    expect(given([joined, evicted]).when({ type: 'TakeHello', hello: rebooted })).toEqual({ events: [] });
    expect(given([joined, evicted, readmitted]).when({ type: 'TakeHello', hello: rebooted })).toMatchObject({
      events: [{ type: 'NodeChanged', data: { bootId: 'b-2' } }],
    });
  });

  it('evicts a member once, also while an upgrade is active', () => {
    expect(given([joined], true).when(evict)).toEqual({ events: [evicted] });
    expect(given([joined, evicted], true).when(evict)).toEqual({ events: [] });
    expect(given([]).when(evict)).toMatchObject({ refused: { kind: 'unknown-node' } });
  });

  it('readmits an evicted node, but not while the cluster is frozen', () => {
    expect(given([joined, evicted]).when(readmit)).toEqual({ events: [readmitted] });
    expect(given([joined]).when(readmit)).toEqual({ events: [] });
    expect(given([joined, evicted], true).when(readmit)).toEqual(frozenRefusal);
    expect(given([]).when(readmit)).toMatchObject({ refused: { kind: 'unknown-node' } });
  });

  it('readmits a node as what it is by now, and at the address that it has by now', () => {
    const moved = 'http://127.0.0.1:9002';
    const fellBack = { ...facts, bootId: 'b-7', layers: { software: '0.9.0' } };
    const now = { ...membership, bootId: 'b-7', layers: { software: '0.9.0' } };
    const readmitAs = (inspected: Inspected) => given([joined, evicted]).when({ ...unasked, inspected });
    expect(readmitAs({ facts: fellBack, url: moved })).toEqual({
      events: [readmitted, { type: 'NodeChanged', data: { ...now, url: moved } }],
    });
    expect(readmitAs({ facts: fellBack })).toEqual({ events: [readmitted, { type: 'NodeChanged', data: now }] });
  });

  it('does not readmit a node that does not answer, since nobody knows what it runs', () => {
    expect(given([joined, evicted]).when(unasked)).toEqual({
      refused: { kind: 'node-silent', message: expect.stringMatching(/^n-01 does not answer/) },
    });
    expect(given([joined, evicted], true).when(unasked)).toEqual(frozenRefusal);
    expect(given([joined]).when(unasked)).toEqual({ events: [] });
  });

  it('refuses nodes of a cluster that nobody created', () => {
    expect(decideNode(take, noNode, noCluster)).toMatchObject({ refused: { kind: 'unknown-cluster' } });
  });

  it('lists the members of a cluster by id, without those that were evicted', () => {
    const other = { ...membership, nodeId: 'n-00' };
    const events = recorded([
      { stream: 'node-demo_n-01', ...joined },
      { stream: 'node-demo_n-00', type: 'NodeJoined', data: other },
      { stream: 'node-demo_n-02', type: 'NodeJoined', data: { ...membership, nodeId: 'n-02' } },
      { stream: 'node-demo_n-02', type: 'NodeEvicted', data: { ...evicted.data, nodeId: 'n-02' } },
    ]);
    expect(membersOf(events.reduce(foldNodes, new Map()))).toEqual([other, membership]);
  });
});

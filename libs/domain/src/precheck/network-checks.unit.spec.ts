import type { Member, NameSight, PortSight, Strategy } from '@baton/contracts';
import { allChecks } from '../../test/all-checks.js';
import { examined, member, precheckFacts, request, strategy } from '../../test/precheck-fixtures.js';
import type { PrecheckFacts } from './check.js';
import { looksOf } from './looks.js';
import { runChecks } from './run-checks.js';

const role = (nodeId: string, name: string): Member => member(nodeId, { labels: { role: name } });
const members = [role('c1', 'controller'), role('s1', 'se'), role('s2', 'se')];
const rules: Partial<Strategy> = {
  reach: [
    { from: { role: 'se' }, to: { role: 'controller' }, port: 8443 },
    { from: { role: 'controller' }, to: 'www.github.com', port: 22 },
  ],
  names: [{ from: { role: 'controller' }, name: 'www.github.com', server: '8.8.8.8' }],
};

interface Seen {
  readonly ports?: readonly PortSight[];
  readonly names?: readonly NameSight[];
}

/** The facts of nodes that saw what they say; the others found all well. */
const after = (
  seen: Readonly<Record<string, Seen>>,
  over: Partial<Strategy> = rules,
  nodes: readonly Member[] = members,
): PrecheckFacts => {
  const followed = strategy(over);
  const of = looksOf(nodes, followed);
  const all = nodes.map((one) => {
    const { ports, names } = of(one.nodeId);
    const well = {
      ports: ports.map((look) => ({
        to: 'host' in look ? look.host : look.nodeId,
        port: look.port,
        ok: true,
        seen: '192.0.2.7',
      })),
      names: names.map((look) => ({ ...look, ok: true, seen: '192.0.2.7' })),
    };
    const probe = { reached: 2, failed: 0, failures: [], ...well, ...seen[one.nodeId] };
    return examined(one.nodeId, {}, { member: one, ports, names, probe });
  });
  return precheckFacts(all, { request: request({ strategy: followed }) });
};

/** Whatever the checks of ports and names have to say. */
const said = (facts: PrecheckFacts) =>
  runChecks(allChecks, 1, facts)
    .filter(({ data }) => ['ports-open', 'names-resolve'].includes(data.check))
    .map(({ type, data: { nodeId, evidence } }) => ({ type, ...(nodeId && { nodeId }), evidence }));

it('say what was probed when all is open and resolved (V-13, X-29, X-30)', () => {
  expect(said(after({}))).toEqual([
    { type: 'CheckPassed', evidence: 'Probed: 1 nodes resolved www.github.com, each time that they asked.' },
    { type: 'CheckPassed', evidence: 'Probed: 3 nodes opened 3 connections to port 22, 8443.' },
  ]);
});

it('block for a port that is not open between two nodes, and name both (V-13)', () => {
  const closed = { to: 'c1', port: 8443, ok: false, seen: 'ECONNREFUSED' };
  expect(said(after({ s2: { ports: [closed] } }))).toContainEqual({
    ...{ type: 'CheckFailed', nodeId: 's2' },
    evidence: 'Probed: s2 does not reach port 8443 of c1: ECONNREFUSED.',
  });
});

it('say in one finding of a node at how many others it finds a port shut', () => {
  const shut = ['c1', 'c2', 'c3'].map((to) => ({
    to,
    port: 8443,
    ok: false,
    seen: to === 'c3' ? 'no answer' : 'ECONNREFUSED',
  }));
  const nodes = [...['c1', 'c2', 'c3'].map((nodeId) => role(nodeId, 'controller')), role('s1', 'se')];
  const found = said(after({ s1: { ports: shut } }, { reach: rules.reach?.slice(0, 1) }, nodes));
  expect(found.map(({ evidence }) => evidence)).toEqual([
    'Probed: s1 does not reach port 8443 of c1, c2: ECONNREFUSED.',
    'Probed: s1 does not reach port 8443 of c3: no answer.',
  ]);
});

it('block for a port of the public network that is not reached (X-30)', () => {
  const filtered = { to: 'www.github.com', port: 22, ok: false, seen: 'no answer within 3000 ms' };
  expect(said(after({ c1: { ports: [filtered] } }))).toContainEqual({
    ...{ type: 'CheckFailed', nodeId: 'c1' },
    evidence: 'Probed: c1 does not reach port 22 of www.github.com: no answer within 3000 ms.',
  });
});

it('block for a name that is not resolved, and name the resolver (X-29)', () => {
  const sight = { name: 'www.github.com', server: '8.8.8.8', ok: false, seen: 'ETIMEOUT' };
  expect(said(after({ c1: { names: [sight] } }))).toContainEqual({
    ...{ type: 'CheckFailed', nodeId: 'c1' },
    evidence: 'Probed: c1 does not get www.github.com from the resolver 8.8.8.8: ETIMEOUT.',
  });
  const own = { names: [{ name: 'a.test' }] };
  const failed = { c1: { names: [{ name: 'a.test', ok: false, seen: 'ENOTFOUND' }] } };
  expect(said(after(failed, own))).toContainEqual({
    ...{ type: 'CheckFailed', nodeId: 'c1' },
    evidence: 'Probed: c1 does not get a.test from its own resolver: ENOTFOUND.',
  });
});

it('take nothing for open or resolved that a node did not speak of', () => {
  const evidence = said(after({ s1: { ports: [] }, c1: { ports: [], names: [] } })).map((one) => one.evidence);
  expect(evidence).toEqual([
    'Not probed: c1 did not say whether it gets www.github.com from the resolver 8.8.8.8.',
    'Not probed: c1 did not say whether it reaches port 22 of www.github.com.',
    'Not probed: s1 did not say whether it reaches port 8443 of c1.',
  ]);
});

it('block when nobody is there whose port was to be tried, and say so when nobody had to try', () => {
  expect(said(after({}, { reach: rules.reach }, [role('s1', 'se')]))).toEqual([
    {
      type: 'CheckFailed',
      evidence: 'Not probed: port 8443 was to be tried at nodes with role=controller, and there is none.',
    },
  ]);
  expect(said(after({}, { reach: [{ from: { role: 'x' }, to: 'a.test', port: 1 }] }))).toEqual([
    { type: 'CheckPassed', evidence: 'Not probed: no node of this cluster has to reach any port.' },
  ]);
});

it('neither pass nor fail where the strategy names nothing', () => {
  expect(said(after({}, {}))).toEqual([]);
});

it('wait for nodes that have to try, and for no others', () => {
  const facts = after({});
  const silent = (id: string) => ({
    ...facts,
    nodes: facts.nodes.map((node) => (node.nodeId === id ? { ...node, facts: undefined } : node)),
  });
  expect(said(silent('s1'))).toContainEqual({
    ...{ type: 'CheckFailed', nodeId: 's1' },
    evidence: 'Not known: s1 gave no facts within 60000 ms.',
  });
  expect(said({ ...silent('s1'), request: request({ strategy: strategy({ names: rules.names }) }) })).toContainEqual(
    expect.objectContaining({ type: 'CheckPassed', evidence: expect.stringContaining('Probed: 1 nodes resolved') }),
  );
});

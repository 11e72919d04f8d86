import type { Facts, Release, Request } from '@baton/contracts';
import { allChecks, checkFiles } from '../../test/all-checks.js';
import {
  SIZE,
  examined,
  precheckFacts,
  release,
  request,
  strategy,
  surroundings,
} from '../../test/precheck-fixtures.js';
import type { CheckFinding, ExaminedNode, PrecheckFacts } from './check.js';

const run = (name: string, facts: PrecheckFacts): readonly CheckFinding[] => {
  const check = allChecks.find((one) => one.name === name);
  if (!check) throw new Error(`no check ${name}`);
  return check.run(facts);
};

const THREE = ['n1', 'n2', 'n3'];
/** Three nodes, of which n2 differs. */
const withN2 = (over: Partial<Facts>, more: Partial<ExaminedNode> = {}): readonly ExaminedNode[] =>
  THREE.map((id) => (id === 'n2' ? examined(id, over, more) : examined(id)));
const upgradeTo = (over: Partial<Release>, more: Partial<Request> = {}): { readonly request: Request } => {
  const to = release(over);
  return { request: request({ release: to, to: to.version, ...more }) };
};

const everyFindingExplains = (findings: readonly CheckFinding[]): void => {
  for (const { evidence, remedy } of findings) {
    expect(evidence).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
  }
};

describe('the folder of checks', () => {
  it('holds one check a file, of the same name, each with a sentence for people', () => {
    expect(allChecks.map(({ name }) => name)).toEqual(checkFiles);
    for (const { title } of allChecks) expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('finds nothing in a healthy cluster', () => {
    const healthy = precheckFacts(withN2({}));
    const on = allChecks.filter(({ severity }) => severity !== 'off');
    expect(on.flatMap(({ name, run: look }) => look(healthy).map((finding) => ({ name, ...finding })))).toEqual([]);
  });

  it.each([
    'cluster-status',
    'components',
    'connectivity',
    'free-space',
    'nodes-answered',
    'minimum-compatible',
    'partitions',
    'version-compatibility-hypervisor',
    'version-compatibility-software',
  ])('fails %s for a node that gave no facts, and names it', (name) => {
    const findings = run(name, precheckFacts(withN2({}, { facts: undefined, probe: undefined })));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ nodeId: 'n2', evidence: expect.stringContaining('60000 ms') });
    everyFindingExplains(findings);
  });
});

describe('version-compatibility-software', () => {
  const check = (over: Partial<Release>, software: string | undefined): readonly CheckFinding[] =>
    run('version-compatibility-software', precheckFacts(withN2({ layers: { software } }), upgradeTo(over)));

  it.each([
    ['newer than the release', { version: '1.1.0' }, '1.2.0', 'newer'],
    ['not a version', { version: '1.1.0' }, 'nightly', 'nightly'],
    ['not reported', { version: '1.1.0' }, undefined, 'no version'],
  ])('refuses a node whose version is %s (N-03)', (_title, over, software, evidence) => {
    const findings = check(over, software);
    expect(findings).toEqual([expect.objectContaining({ nodeId: 'n2', evidence: expect.stringContaining(evidence) })]);
    everyFindingExplains(findings);
  });

  it('takes a node on the release itself, and one on any older version', () => {
    for (const on of ['0.0.9', '1.1.0']) expect(check({ version: '1.1.0', minCompatible: '1.0.0' }, on)).toEqual([]);
  });
});

describe('minimum-compatible', () => {
  const check = (software: string): readonly CheckFinding[] => {
    const to = upgradeTo({ version: '3.0.0', minCompatible: '1.0.0' });
    return run('minimum-compatible', precheckFacts(withN2({ layers: { software } }), to));
  };

  it('refuses a node that is older than the release goes with, and takes one on the oldest that does (N-03, V-18)', () => {
    const findings = check('0.9.9');
    expect(findings).toEqual([expect.objectContaining({ nodeId: 'n2', evidence: expect.stringContaining('0.9.9') })]);
    everyFindingExplains(findings);
    for (const on of ['1.0.0', '3.0.0']) expect(check(on)).toEqual([]);
  });
});

describe('version-compatibility-hypervisor', () => {
  const name = 'version-compatibility-hypervisor';
  const on = (hypervisor: string | undefined) => withN2({ layers: { software: '1.0.0', hypervisor } });

  it.each([
    ['9.0.1', true],
    ['9.0.10', false],
    ['8.4.2', true],
    ['8.5.0', false],
    ['7.1.9', true],
    ['70.0.0', false],
    [undefined, false],
  ])('judges hypervisor %s by the matrix of the release (N-03)', (hypervisor, isSupported) => {
    const facts = precheckFacts(on(hypervisor), upgradeTo({ hypervisors: ['9.0.1', '8.4', '7'] }));
    const findings = run(name, facts);
    expect(findings.map(({ nodeId }) => nodeId)).toEqual(isSupported ? [] : ['n2']);
    everyFindingExplains(findings);
  });

  it('judges an upgrade of the hypervisor by the matrix of the software above it (N-03)', () => {
    const above = release({ version: '1.0.0', hypervisors: ['9'] });
    const to = (version: string) => upgradeTo({ layer: 'hypervisor', version });
    const over = { surroundings: surroundings({ releases: [above] }) };
    expect(run(name, precheckFacts(on('9.0.1'), { ...to('9.1.0'), ...over }))).toEqual([]);
    const findings = run(name, precheckFacts(on('9.0.1'), { ...to('10.0.0'), ...over }));
    expect(findings.map(({ nodeId }) => nodeId)).toEqual(THREE);
    expect(findings[0]?.evidence).toContain('10.0.0');
  });
});

describe('supported-mix', () => {
  const releases = [release({ version: '1.0.5', minCompatible: '1.0.5' })];
  const mix = (software: string) =>
    run('supported-mix', precheckFacts(withN2({ layers: { software } }), { surroundings: surroundings({ releases }) }));

  it('takes a mix in which each pair is supported, for as long as it lasts (N-19)', () => {
    expect(mix('1.0.4')).toEqual([]);
  });

  it('refuses a mix that runs already but is not supported, and names both versions and their nodes (N-19)', () => {
    const findings = mix('1.0.5');
    expect(findings).toHaveLength(1);
    expect(findings[0]?.evidence).toContain('1.0.0 (n1, n3) and 1.0.5 (n2)');
    everyFindingExplains(findings);
  });

  it('refuses a release that may not run beside what runs (N-19)', () => {
    const findings = run('supported-mix', precheckFacts(withN2({}), upgradeTo({ minCompatible: '1.0.7' })));
    expect(findings[0]?.evidence).toBe(
      '1.0.0 (n1, n2, n3) and 1.1.0 (the release) may not run side by side: 1.1.0 goes with 1.0.7 or newer.',
    );
  });
});

describe('cluster health', () => {
  it.each([
    ['cluster-status', { services: { storage: 'down', metadata: 'up' } }, '1 of 2 services of n2 is not up: storage'],
    ['cluster-status', { hypervisorUp: false }, 'hypervisor under n2'],
    ['components', { components: { medusa: 'degraded', stargate: 'ok' } }, 'medusa on n2 is degraded'],
    ['components', { components: { 'a-new-one': 'down' } }, 'a-new-one on n2 is down'],
    ['free-space', { freeBytes: SIZE - 1 }, 'has 999 bytes free and needs 1000 bytes'],
  ] as const)('%s names the node and what was seen: %j (N-04)', (name, over, evidence) => {
    const findings = run(name, precheckFacts(withN2(over)));
    expect(findings).toEqual([expect.objectContaining({ nodeId: 'n2', evidence: expect.stringContaining(evidence) })]);
    everyFindingExplains(findings);
  });

  it('asks a seed node for twice the space of the artifact, and the others for once (N-04)', () => {
    const nodes = THREE.map((id) => examined(id, { freeBytes: id === 'n1' ? 2 * SIZE : SIZE }));
    const findings = run('free-space', precheckFacts(nodes));
    expect(findings.map(({ nodeId }) => nodeId)).toEqual(['n2']);
    expect(findings[0]?.evidence).toContain('the best seed node that is left');
    everyFindingExplains(findings);
  });
});

describe('a remedy', () => {
  const remedies = (dryRun: boolean): readonly string[] => {
    const failures = [{ from: 'n2', to: 'n3', reason: 'timeout' }];
    const closed = withN2({}, { probe: { reached: 2, failed: 1, failures } });
    const silent = withN2({}, { facts: undefined, probe: undefined });
    const of = { request: request({ dryRun }) };
    return [...run('connectivity', precheckFacts(closed, of)), ...run('nodes-answered', precheckFacts(silent, of))].map(
      ({ remedy }) => remedy,
    );
  };

  it('has an upgrade resumed, and a plan made anew, since nobody can resume one', () => {
    expect(remedies(false)).toEqual([
      'Open the network between both ends named, then resume.',
      'Bring n2 back, then resume; or evict it.',
    ]);
    expect(remedies(true)).toEqual([
      'Open the network between both ends named, then make a new plan.',
      'Bring n2 back, then make a new plan.',
    ]);
  });
});

describe('connectivity', () => {
  it('names both ends of each way that is closed, between nodes and hypervisors alike (N-05)', () => {
    const failures = [
      { from: 'n2', to: 'n3', reason: 'timeout' },
      { from: 'n2', to: 'hypervisor of n1', reason: 'refused' },
    ];
    const findings = run('connectivity', precheckFacts(withN2({}, { probe: { reached: 1, failed: 2, failures } })));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ nodeId: 'n2' });
    expect(findings[0]?.evidence).toBe('2 ways are closed: n2 to n3 (timeout), n2 to hypervisor of n1 (refused).');
    everyFindingExplains(findings);
  });

  it('counts one way as one (N-05)', () => {
    const failures = [{ from: 'n2', to: 'n3', reason: 'timeout' }];
    const [closed] = run('connectivity', precheckFacts(withN2({}, { probe: { reached: 2, failed: 1, failures } })));
    expect(closed?.evidence).toBe('1 way is closed: n2 to n3 (timeout).');
    const [silent] = run('connectivity', precheckFacts(withN2({}, { probe: undefined, peers: 1 })));
    expect(silent?.evidence).toBe('n2 did not say whom of its 1 peer it reaches.');
    const [down] = run('cluster-status', precheckFacts(withN2({ services: { storage: 'down', metadata: 'up' } })));
    expect(down?.evidence).toBe('1 of 2 services of n2 is not up: storage.');
  });

  it('says how many more there are when too many are closed (N-05)', () => {
    const failures = Array.from({ length: 30 }, (_, index) => ({ from: 'n2', to: `m${index}`, reason: 'timeout' }));
    const [finding] = run('connectivity', precheckFacts(withN2({}, { probe: { reached: 0, failed: 99, failures } })));
    expect(finding?.evidence).toContain('m19 (timeout) and 79 more.');
  });

  it('takes neither silence nor a probe of only some peers for a connection (N-05)', () => {
    const silent = run('connectivity', precheckFacts(withN2({}, { probe: undefined })));
    expect(silent).toEqual([expect.objectContaining({ nodeId: 'n2', evidence: expect.stringContaining('3 peers') })]);
    const some = run('connectivity', precheckFacts(withN2({}, { probe: { reached: 2, failed: 0, failures: [] } })));
    expect(some[0]?.evidence).toBe('n2 tried only 2 of its 3 peers.');
    everyFindingExplains([...silent, ...some]);
  });
});

describe('seeds', () => {
  it.each([
    [2, []],
    [3, ['2 of 3 nodes have the 2.0 KiB of a seed node; 3 are needed.']],
  ])('needs %i nodes with room for a seed (N-06)', (seeds, evidence) => {
    const facts = precheckFacts(withN2({ freeBytes: SIZE }), {
      request: request({ strategy: strategy({ seeds }) }),
    });
    const findings = run('enough-seeds', facts);
    expect(findings.map((finding) => finding.evidence)).toEqual(evidence);
    everyFindingExplains(findings);
  });
});

describe('the surroundings', () => {
  it.each([
    ['artifact-intact', { artifactIntact: false, artifactEvidence: '3 of 1000 bytes are there.' }, '3 of 1000 bytes'],
    ['no-other-upgrade', { otherUpgrades: ['u2'] }, 'u2'],
    ['release-not-quarantined', { quarantined: true }, 'quarantine'],
  ])('%s blocks and says what is there', (name, over, evidence) => {
    const findings = run(name, precheckFacts(withN2({}), { surroundings: surroundings(over) }));
    expect(findings).toEqual([expect.objectContaining({ evidence: expect.stringContaining(evidence) })]);
    everyFindingExplains(findings);
  });

  it('refuses while a node still holds the token of an earlier upgrade, and names both (N-23)', () => {
    const leftoverTokens = [{ lane: 'main', nodeId: 'n3', epoch: 2_000_001 }];
    const facts = precheckFacts(withN2({}), { surroundings: surroundings({ leftoverTokens }) });
    const findings = run('no-token-left-over', facts);
    expect(findings).toEqual([
      expect.objectContaining({
        nodeId: 'n3',
        evidence: 'n3 still holds the token of lane main with epoch 2000001.',
      }),
    ]);
    everyFindingExplains(findings);
  });

  it.each([{ epoch: 3_000_000 }, { upgradeNo: 4 }])('finds a token that only the node knows of: %j (N-23)', (over) => {
    const findings = run('no-token-left-over', precheckFacts(withN2(over)));
    expect(findings.map(({ nodeId }) => nodeId)).toEqual(['n2']);
    everyFindingExplains(findings);
    const dry = { request: request({ dryRun: true, upgradeNo: 0 }) };
    expect(run('no-token-left-over', precheckFacts(withN2(over), dry))).toEqual([]);
  });

  it('lets an upgrade be started from its own plan only', () => {
    const bound = { request: request({ planId: 'p1', planDigest: 'e'.repeat(64) }) };
    const findings = run('plan-unchanged', precheckFacts(withN2({}), bound));
    expect(findings[0]?.evidence).toContain('Plan p1');
    everyFindingExplains(findings);
  });

  it('blocks a cluster without nodes', () => {
    everyFindingExplains(run('nodes-answered', precheckFacts([])));
    expect(run('nodes-answered', precheckFacts([]))).toHaveLength(1);
  });
});

describe('partitions', () => {
  it.each([
    [{ partitions: { A: { state: 'good' }, B: { state: 'bad' } } }, []],
    [{ partitions: { A: { state: 'bad' }, B: { state: 'good' } } }, ['and B is the only good copy']],
    [{ partitions: { A: { state: 'released' }, B: { state: 'empty' } } }, ['is released']],
    [{ active: 'B', partitions: { A: { state: 'good' }, B: { state: 'good' } } }, ['no passive partition']],
  ] as const)('lets staging overwrite only what is not needed: %j', (over, evidence) => {
    const findings = run('partitions', precheckFacts(withN2(over)));
    expect(findings).toHaveLength(evidence.length);
    for (const [index, text] of evidence.entries()) expect(findings[index]?.evidence).toContain(text);
    everyFindingExplains(findings);
  });
});

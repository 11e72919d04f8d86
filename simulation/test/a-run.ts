import { digestOf, sha256 } from '../src/checks/log.js';
import type { Exported, History, TruthLine } from '../src/history.js';

type Fact = readonly [stream: string, type: string, data: Readonly<Record<string, unknown>>];

const granted = (nodeId: string, epoch: number): Fact => [
  'lane-u1_main',
  'TokenGranted',
  { nodeId, epoch, direction: 'forward', attempt: 1, digest: 'new' },
];
const stable = (nodeId: string, epoch: number): Fact => ['lane-u1_main', 'HolderStable', { nodeId, epoch }];
const returned = (nodeId: string, epoch: number): Fact => [
  'lane-u1_main',
  'TokenReturned',
  { nodeId, epoch, outcome: 'upgraded' },
];
const staged = (nodeId: string): Fact => ['staging-u1', 'NodeStaged', { nodeId, partition: 'B', digest: 'new' }];

/** Two nodes, staged and then upgraded one after the other. */
export const FACTS: readonly Fact[] = [
  ['upgrade-u1', 'UpgradeRequested', {}],
  staged('n1'),
  staged('n2'),
  granted('n1', 1_000_001),
  stable('n1', 1_000_001),
  returned('n1', 1_000_001),
  granted('n2', 1_000_002),
  stable('n2', 1_000_002),
  returned('n2', 1_000_002),
];

/** The facts as a log with versions, positions and a chain that verifies. */
export const sealed = (facts: readonly Fact[]): readonly Exported[] => {
  const versions = new Map<string, number>();
  let previous: Buffer = Buffer.alloc(32);
  return facts.map(([subject, type, data], index) => {
    const streamversion = (versions.get(subject) ?? 0) + 1;
    versions.set(subject, streamversion);
    const unsealed: Exported = {
      id: `${subject}:${streamversion}`,
      source: '/baton/demo',
      type: `io.baton.${type}.v1`,
      subject,
      time: '2026-01-01T00:00:00.000Z',
      position: index + 1,
      streamversion,
      hash: '',
      correlationid: 'c',
      causationid: 'c',
      commandid: `command-${index + 1}`,
      actor: 'test',
      upgradeid: 'u1',
      data,
    };
    const position = Buffer.alloc(8);
    position.writeBigUInt64BE(BigInt(index + 1));
    previous = sha256(Buffer.concat([previous, position, digestOf(unsealed)]));
    return { ...unsealed, hash: previous.toString('hex') };
  });
};

const life = (nodeId: string, epoch: number, monotonicMs: number): readonly TruthLine[] => {
  const common = { clusterId: 'demo', nodeId, by: 'token', epoch } as const;
  const digests = { A: 'old', B: 'new' };
  return [
    { ...common, event: 'up', by: 'start', bootId: `${nodeId}-1`, active: 'A', digests, monotonicMs: 0 },
    { ...common, event: 'down', bootId: `${nodeId}-1`, active: 'B', digests, monotonicMs },
    { ...common, event: 'up', bootId: `${nodeId}-2`, active: 'B', digests, monotonicMs: monotonicMs + 10 },
  ];
};

export const aRun = (facts: readonly Fact[] = FACTS): History => {
  const log = sealed(facts);
  return {
    log,
    stream: log.map((event) => ({ seq: event.position, event })),
    truth: [...life('n1', 1_000_001, 100), ...life('n2', 1_000_002, 200)],
    journals: [],
    statuses: [{ upgradeId: 'u1', position: log.length, nodes: [] }],
  };
};

export { granted, returned, stable, staged, type Fact };

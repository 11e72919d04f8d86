import type { Journal, Outcome, Partition, TruthLine } from '../src/history.js';

export const OLD = 'a'.repeat(64);
export const NEW = 'b'.repeat(64);
export const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
/** How long a machine is up before it is called stable. */
const STABLE_MS = 20;
const BOOT_MS = 10;
const VERSIONS: Readonly<Record<string, string>> = { [OLD]: '1.0.0', [NEW]: '1.1.0' };

/** An event before it has a position, a version and a hash. Facts of one command came in one append. */
export interface Fact {
  readonly stream: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly command: number;
  readonly at: number;
}

interface Machine {
  active: Partition;
  digests: Partial<Record<Partition, string>>;
  life: number;
}

/** What is to be appended. */
export type ToAppend = readonly [stream: string, type: string, data?: Fact['data']];

export interface TurnOf {
  readonly lane: string;
  readonly nodeId: string;
  readonly epoch: number;
  readonly attempt?: number;
  readonly direction?: 'forward' | 'back';
}

const digestOf = ({ direction }: Pick<TurnOf, 'direction'>): string => (direction === 'back' ? OLD : NEW);

/** Writes down an upgrade u1 of the cluster demo as the log, the machines and the journals would have it. */
export class Recording {
  readonly facts: Fact[] = [];
  readonly truth: TruthLine[] = [];
  readonly journals: { name: string; lines: Journal['lines'][number][] }[] = [];
  private readonly machines = new Map<string, Machine>();
  private command = 0;
  private now = START_MS;

  /** A command of its own; all its facts are recorded at the same time. */
  append(...facts: readonly ToAppend[]): void {
    this.command += 1;
    this.now += 5;
    for (const [stream, type, data = {}] of facts) {
      this.facts.push({ stream, type, data, command: this.command, at: this.now });
    }
  }

  powerOn(nodeId: string): void {
    this.machines.set(nodeId, { active: 'A', digests: { A: OLD }, life: 1 });
    this.journals.push({ name: `journals/demo-${nodeId}.jsonl`, lines: [] });
    this.line(nodeId, 'up', 'start');
  }

  stage(nodeId: string): void {
    this.order(nodeId, 'stage', { attempt: 1, outcome: { written: { partition: 'B', sha256: NEW } } });
    this.machine(nodeId).digests = { ...this.machine(nodeId).digests, B: NEW };
    this.append(['staging-u1', 'NodeStaged', { nodeId, partition: 'B', digest: NEW, attempt: 1 }]);
  }

  /** From the grant, which is on record already, until the node is up again. */
  goOver(turn: TurnOf): void {
    const { lane, nodeId, epoch, attempt = 1, direction } = turn;
    this.drain(turn);
    this.order(nodeId, direction === 'back' ? 'revert' : 'activate', { attempt, epoch, outcome: {} });
    this.append([lane, 'HolderActivated', { nodeId, epoch, ...this.lifeOf(nodeId), alreadyActive: false }]);
    this.line(nodeId, 'down', 'token', epoch);
    this.now += BOOT_MS;
    const machine = this.machine(nodeId);
    machine.life += 1;
    machine.active = machine.active === 'A' ? 'B' : 'A';
    this.line(nodeId, 'up', 'token', epoch);
  }

  /** It comes up on what it ran before. */
  fallBack(nodeId: string): void {
    const machine = this.machine(nodeId);
    machine.life += 1;
    machine.active = machine.active === 'A' ? 'B' : 'A';
    const last = this.truth.pop();
    this.line(nodeId, 'up', 'token', last?.epoch);
  }

  drain({ lane, nodeId, epoch, attempt = 1 }: TurnOf): void {
    const { active, digests } = this.machine(nodeId);
    const digest = digests[active] ?? '';
    this.linesOf(nodeId).push({ floor: { upgradeNo: 1, epoch } });
    this.order(nodeId, 'drain', { attempt, epoch, outcome: {} });
    const runs = { version: VERSIONS[digest], digest };
    this.append([lane, 'HolderDrained', { nodeId, epoch, ...this.lifeOf(nodeId), ...runs }]);
  }

  /** It is back and well; `then` comes in the same append as the token's return. */
  isStable(turn: TurnOf, ...then: readonly ToAppend[]): void {
    const { lane, nodeId, epoch, direction } = turn;
    const version = VERSIONS[digestOf(turn)];
    const life = this.lifeOf(nodeId);
    this.append([lane, 'HolderBooted', { nodeId, epoch, ...life, layers: { software: version } }]);
    this.now += STABLE_MS;
    const evidence = { healthyForMs: STABLE_MS, bootId: life.bootId, version };
    const outcome = direction === 'back' ? 'reverted' : 'upgraded';
    this.append(
      [lane, 'HolderStable', { nodeId, epoch, evidence }],
      [lane, 'TokenReturned', { nodeId, epoch, outcome }],
      ...then,
    );
  }

  private machine(nodeId: string): Machine {
    return this.machines.get(nodeId) as Machine;
  }

  private linesOf(nodeId: string): Journal['lines'][number][] {
    return this.journals.find(({ name }) => name.endsWith(`-${nodeId}.jsonl`))?.lines ?? [];
  }

  private lifeOf(nodeId: string): { readonly bootId: string; readonly runId: string } {
    const { life } = this.machine(nodeId);
    return { bootId: `boot-${nodeId}-${life}`, runId: `run-${nodeId}-${life}` };
  }

  private order(nodeId: string, verb: string, of: Pick<Outcome, 'attempt' | 'epoch' | 'outcome'>): void {
    const key = { clusterId: 'demo', nodeId, upgradeId: 'u1', upgradeNo: 1, verb };
    this.linesOf(nodeId).push({ outcome: { ...key, ...of, status: 'done', ...this.lifeOf(nodeId) } });
  }

  private line(nodeId: string, event: 'up' | 'down', by: TruthLine['by'], epoch?: number): void {
    this.now += 1;
    const { active, digests } = this.machine(nodeId);
    const version = VERSIONS[digests[active] ?? ''];
    const times = { wallMs: this.now, monotonicMs: this.now - START_MS };
    const why = { by, ...(epoch !== undefined && { epoch }) };
    this.truth.push({
      ...{ clusterId: 'demo', nodeId, event, ...why, ...this.lifeOf(nodeId), version, active, digests },
      ...times,
    });
  }
}

/** The grant of a turn. */
export const grantOf = ({ lane, nodeId, epoch, attempt = 1, direction = 'forward' }: TurnOf): ToAppend => [
  lane,
  'TokenGranted',
  { nodeId, epoch, direction, attempt, digest: digestOf({ direction }) },
];

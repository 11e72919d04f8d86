import type { Activation, Answer, AskArgs, Facts, NodeCommand, Verb } from '@baton/contracts';
import { eventually } from '@baton/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SetFault } from '../src/faults/fault-book.js';
import type { Machine } from '../src/machine/machine.js';
import type { TruthLine } from '../src/truth.js';
import type { Simulator } from '../src/simulator.js';
import type { FakeWire } from './fake-wire.js';
import { ARTIFACT, Gateway } from './gateway.js';
import { CLUSTER, startSimulator, type RigOptions } from './start-simulator.js';

/** A node as `GET /v1/nodes` shows it. */
export interface ShownNode {
  readonly nodeId: string;
  readonly url: string;
  readonly state: 'off' | 'booting' | 'up' | 'drained';
  readonly bootId: string;
  readonly active: 'A' | 'B';
  readonly layers: Readonly<Record<string, string>>;
  readonly faults: readonly SetFault[];
  readonly workload: Readonly<Record<string, number>>;
}

/** Simulated machines on a real disk and real sockets; commands are fed to them by hand, as a stage's host would. */
export class Rig {
  private epoch = 1_000_000;
  private attempt = 0;

  private constructor(
    private readonly folder: string,
    private readonly gateway: Gateway,
    private readonly options: RigOptions,
    private readonly wires: Map<string, FakeWire>,
    private simulator: Simulator,
  ) {}

  static async start(options: RigOptions = {}): Promise<Rig> {
    const folder = mkdtempSync(join(tmpdir(), 'baton-rig-'));
    const gateway = await Gateway.start(folder);
    const wires = new Map<string, FakeWire>();
    const simulator = await startSimulator(folder, gateway.url, options, wires);
    const rig = new Rig(folder, gateway, options, wires, simulator);
    await rig.allUp();
    return rig;
  }

  machine(nodeId = 'n1'): Machine {
    return this.simulator.machines.get(`${CLUSTER}/${nodeId}`)!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.simulator.port}`;
  }

  wire(nodeId = 'n1'): FakeWire {
    return this.wires.get(nodeId)!;
  }

  /** Where the machine keeps its partitions, copies, faults and boot record. */
  disk(nodeId = 'n1', ...path: string[]): string {
    return join(this.folder, 'nodes', CLUSTER, nodeId, ...path);
  }

  truth(nodeId = 'n1'): readonly TruthLine[] {
    const lines = readFileSync(join(this.folder, 'nodes', 'truth.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => JSON.parse(line) as TruthLine).filter((line) => line.nodeId === nodeId);
  }

  /** One command, sent once; undefined: the node is silent. */
  async send(
    nodeId: string,
    verb: Verb,
    args: AskArgs = {},
    attempt = (this.attempt += 1),
  ): Promise<Answer | undefined> {
    const peers = [...this.wires.keys()].filter((peer) => peer !== nodeId);
    const urls = Object.fromEntries(peers.map((peer) => [peer, `${this.url}/nodes/${CLUSTER}/${peer}`]));
    const needsEpoch = ['drain', 'activate', 'revert', 'undrain', 'finalize', 'cancel'].includes(verb);
    const command: NodeCommand = {
      ...{ clusterId: CLUSTER, nodeId, verb, upgradeId: 'u1', upgradeNo: 1, instance: 'u1' },
      ...{ stage: needsEpoch ? 'rollout' : 'staging', attempt },
      ...(needsEpoch && { epoch: this.epoch }),
      ...{ args, peers, urls },
    };
    return this.wire(nodeId).serve?.(command);
  }

  /** A new attempt, asked again until it has ended. */
  async ask(nodeId: string, verb: Verb, args: AskArgs = {}, attempt = (this.attempt += 1)): Promise<Answer> {
    let answer: Answer | undefined;
    await eventually(`${nodeId} ends ${verb}`, async () => {
      answer = await this.send(nodeId, verb, args, attempt).catch(() => undefined);
      return answer !== undefined && answer.status !== 'accepted' && answer.status !== 'running';
    });
    return answer!;
  }

  /** A new attempt that does not end; the result waits for its end. */
  async hangs(nodeId: string, verb: Verb, args: AskArgs = {}): Promise<() => Promise<Answer>> {
    const attempt = (this.attempt += 1);
    expect(await this.send(nodeId, verb, args, attempt)).toMatchObject({ status: 'accepted' });
    expect(await this.send(nodeId, verb, args, attempt)).toMatchObject({ status: 'running' });
    return () => this.ask(nodeId, verb, args, attempt);
  }

  async facts(nodeId = 'n1'): Promise<Facts> {
    return (await this.ask(nodeId, 'inspect')).outcome!.facts!;
  }

  /** Brings a new version into the passive partition. */
  async stage(nodeId = 'n1'): Promise<Answer> {
    if (nodeId === 'n1') await this.ask('n1', 'store', { artifact: ARTIFACT });
    return this.ask(nodeId, 'stage', { artifact: ARTIFACT });
  }

  /** A new token: what is ordered from now on is ordered under it. */
  grant(): void {
    this.epoch += 1;
  }

  /** Stages the new version on a node, gives it the token, and has it begin to go over. */
  async goOver(nodeId = 'n1', activation: Activation = 'reboot'): Promise<Answer> {
    await this.stage(nodeId);
    this.grant();
    return this.ask(nodeId, 'activate', { artifact: ARTIFACT, activation });
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.url + path, { method, ...(body !== undefined && { body: text }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** In force when it resolves. */
  async fault(body: object, nodeId = 'n1'): Promise<void> {
    const answer = await this.call('POST', faultsOf(nodeId), body);
    if (answer.status !== 201) throw new Error(`the fault was not set: ${JSON.stringify(answer.body)}`);
  }

  async heal(nodeId = 'n1', at?: string): Promise<void> {
    await this.call('DELETE', faultsOf(nodeId) + (at === undefined ? '' : `?at=${at}`));
  }

  async node(nodeId = 'n1'): Promise<ShownNode> {
    const { body } = await this.call('GET', '/v1/nodes');
    return (body['nodes'] as ShownNode[]).find((node) => node.nodeId === nodeId)!;
  }

  /** Waits until a node is so. */
  async is(state: ShownNode['state'], nodeId = 'n1'): Promise<void> {
    await eventually(`${nodeId} is ${state}`, async () => (await this.node(nodeId)).state === state);
  }

  /** Whatever makes it, the machine goes off: nobody there hears commands, and peers do not reach it. */
  async goesOff(nodeId: string, work: () => Promise<unknown>): Promise<void> {
    void work().catch(() => undefined);
    await this.is('off', nodeId);
    expect(await this.send(nodeId, 'inspect')).toBeUndefined();
    await expect(fetch(`${this.url}/nodes/${CLUSTER}/${nodeId}/probe`)).rejects.toThrow('fetch failed');
  }

  /** Waits for another life of the machine. */
  async bootsAgain(nodeId: string, work: () => Promise<unknown>): Promise<void> {
    const { bootId } = await this.node(nodeId);
    await work();
    await eventually(`${nodeId} is up in another life`, async () => {
      const now = await this.node(nodeId);
      return now.bootId !== bootId && now.state === 'up';
    });
  }

  /** Whether the services of a node run, as it says itself; undefined: it is silent. */
  async services(nodeId = 'n1'): Promise<'up' | 'down' | undefined> {
    return (await this.send(nodeId, 'inspect'))?.outcome?.facts?.services['data'];
  }

  /** Waits until the services of a node are so. */
  async servicesAre(state: 'up' | 'down', nodeId = 'n1'): Promise<void> {
    await eventually(`the services of ${nodeId} are ${state}`, async () => (await this.services(nodeId)) === state);
  }

  /** The simulator ends, and another finds the disks of its machines. */
  async restart(): Promise<void> {
    await this.simulator.stop();
    this.simulator = await startSimulator(this.folder, this.gateway.url, this.options, this.wires);
  }

  async stop(): Promise<void> {
    await this.simulator.stop();
    await this.gateway.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private allUp(): Promise<void> {
    return eventually('all nodes are up', () => [...this.simulator.machines.values()].every(({ isUp }) => isUp));
  }
}

export const faultsOf = (nodeId: string): string => `/v1/clusters/${CLUSTER}/nodes/${nodeId}/faults`;

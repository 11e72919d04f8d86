import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Facts, NodeCommand, Verb } from '@baton/contracts';
import { Agent, PeerClient } from '../src/index.js';
import { eventually } from '@baton/testing';
import { ArtifactServer, makeArtifact, type TestArtifact } from './artifact-server.js';
import { FakeDriver } from './fake-driver.js';
import { FakeWire } from './fake-wire.js';
import { HandClock } from './hand-clock.js';

/** What the node runs from the beginning, in partition A. */
const OLD = Buffer.from('the version that runs');

type More = Partial<NodeCommand>;

/** A node with a real disk and a real agent, between services that are not there and a seed node that is. */
export class FakeNode {
  readonly clock = new HandClock();
  readonly wire = new FakeWire();
  agent!: Agent;
  private readonly client = new PeerClient();

  private constructor(
    readonly folder: string,
    readonly driver: FakeDriver,
    readonly release: TestArtifact,
    readonly seed: ArtifactServer,
  ) {}

  static async start(): Promise<FakeNode> {
    const release = makeArtifact('1.1.0');
    const folder = await mkdtemp(join(tmpdir(), 'baton-agent-'));
    await mkdir(join(folder, 'A'));
    await writeFile(join(folder, 'A', 'image'), OLD);
    const sha256 = createHash('sha256').update(OLD).digest('hex');
    const manifest = { version: '1.0.0', layer: 'software', sha256, size: OLD.length, state: 'good', layers: {} };
    await writeFile(join(folder, 'A', 'manifest.json'), JSON.stringify(manifest));
    const seed = await ArtifactServer.start(release.bytes);
    const node = new FakeNode(folder, new FakeDriver(folder), release, seed);
    await node.open();
    return node;
  }

  get journalPath(): string {
    return join(this.folder, 'journal.jsonl');
  }

  /** The agent begins another life over the same disk; the machine need not have gone down. */
  async reopen(): Promise<void> {
    await this.agent.stop();
    await this.open();
  }

  /** The machine goes down by itself and comes up again. */
  async reboot(): Promise<void> {
    await this.agent.stop();
    this.driver.begin();
    await this.open();
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.seed.stop();
    this.client.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A command of upgrade 3 with what its verb needs. */
  command(verb: Verb, more: More = {}): NodeCommand {
    const epoch = ['drain', 'activate', 'revert', 'finalize', 'cancel'].includes(verb) ? 3_000_001 : undefined;
    return {
      ...{
        clusterId: 'demo',
        nodeId: 'n1',
        verb,
        stage: 'rollout',
        upgradeId: 'u3',
        upgradeNo: 3,
        instance: 'u3_main',
      },
      ...{ attempt: 1, args: { artifact: this.release.ref }, ...(epoch !== undefined && { epoch }) },
      ...{ peers: ['n1', 'seed'], urls: { n1: 'http://127.0.0.1:9', seed: this.seed.url } },
      ...more,
    };
  }

  ask(verb: Verb, more?: More): Promise<Answer> {
    return this.agent.handle(this.command(verb, more));
  }

  /** Asks, and lets the time pass after which a node says that it is on it. */
  async begin(verb: Verb, more?: More): Promise<Answer> {
    const waiting = this.clock.waiting;
    const answer = this.ask(verb, more);
    await eventually(`${verb} is on its way`, () => this.clock.waiting > waiting);
    this.clock.advance(50);
    return answer;
  }

  /** Asks again until the order came to its end. */
  async ends(verb: Verb, more?: More): Promise<Answer> {
    let last: Answer | undefined;
    await eventually(`${verb} ends`, async () => {
      last = await this.agent.handle(this.command(verb, more));
      return last.status !== 'running';
    });
    return last!;
  }

  async facts(): Promise<Facts> {
    const { outcome } = await this.ask('inspect');
    return outcome!.facts!;
  }

  private async open(): Promise<void> {
    const { driver, wire, clock, client, journalPath } = this;
    const ids = { clusterId: 'demo', nodeId: 'n1', url: 'http://127.0.0.1:9', gatewayUrl: this.seed.url };
    this.agent = await Agent.open({ ...ids, journalPath, driver, wire, clock, client });
  }
}

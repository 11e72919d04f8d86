import { eventually } from '@baton/testing';
import type { NatsConnection } from '@nats-io/transport-node';
import { Api, WITHIN_MS } from './api.js';
import { relayedUpTo } from './bus.js';
import { onDatabase } from './database.js';
import { holding } from './locks.js';
import { heal } from './nodes.js';
import { Replicas } from './replicas.js';
import type { System } from './system.js';
import type { Watch } from './watch.js';

const BOTH = [1, 2];
const RELEASE = { layer: 'software', kind: 'spec', sha256: 'a'.repeat(64), size: 1 };

/** When a stage waits for nothing but some nodes that hang. */
export interface Moment {
  readonly service: string;
  /** Where its nodes hang. */
  readonly at: string;
  readonly nodes: readonly [first: string, ...rest: readonly string[]];
  /** The last events before. */
  readonly rests: readonly (readonly [type: string, count: number])[];
  /** What only follows when none of them hangs any more. */
  readonly ends: readonly [type: string, count: number];
}

/** Of two replicas of a service one stands still, beginning when it has work in hand; the other has to go on. */
export class Standstill {
  private readonly replicas: Replicas;
  private readonly api: Api;
  private releases = 0;

  constructor(
    private readonly system: System,
    private readonly nats: NatsConnection,
    private readonly clusterId: string,
    /** Of the stages and the gateway. */
    private readonly replica: number,
  ) {
    this.replicas = new Replicas(system);
    this.api = new Api(system.stack.gatewayUrls[2 - replica] ?? '');
  }

  /** Both replicas have the same fact to append when one is stopped; it stands still for all that follows. */
  async ofStage(watch: Watch, { service, at, nodes: [first, ...rest], rests, ends }: Moment): Promise<void> {
    for (const [type, count] of rests) await watch.untilType(type, count);
    await holding(this.system, 'baton.head', async (underWay) => {
      await heal(this.system, this.clusterId, first, at);
      await underWay(service, BOTH.length);
      await this.replicas.stop(service, this.replica);
    });
    for (const nodeId of rest) await heal(this.system, this.clusterId, nodeId, at);
    await watch.untilType(...ends);
    this.stood(service, this.replica);
  }

  goOn(...services: readonly string[]): void {
    for (const service of services) this.replicas.goOn(service, this.replica);
  }

  /** Who relays has an event before it that it has not relayed; then it goes on. */
  async ofRelay(): Promise<void> {
    const relaying = await this.relaying();
    this.system.stack.kill('nats-server', 'SIGSTOP');
    const position = await this.record();
    expect(await this.replicas.metric('projection-svc', relaying, 'baton_relay_position')).toBeLessThan(position);
    await this.replicas.stop('projection-svc', relaying);
    this.system.stack.kill('nats-server', 'SIGCONT');
    // More than it can have sent before it was stopped.
    await this.relayed(await this.record());
    this.stood('projection-svc', relaying);
    this.replicas.goOn('projection-svc', relaying);
  }

  /** Both have the same page of the read models under way when one is stopped; after `meanwhile` it goes on. */
  async ofReadModels(meanwhile: () => Promise<void>): Promise<void> {
    await holding(this.system, 'read.checkpoint', async (underWay) => {
      await this.record();
      // One by itself, the other one in its place, as that takes so long.
      await underWay('projection-svc', BOTH.length);
      await this.replicas.stop('projection-svc', this.replica);
    });
    await meanwhile();
    await this.folded(await this.record());
    this.stood('projection-svc', this.replica);
    this.goOn('projection-svc');
  }

  /**
   * Both gateways are carrying out the same request to pause when one is stopped; the other one answers it. After
   * `meanwhile` the first goes on, and has to give the same answer.
   */
  async ofGateway(upgradeId: string, meanwhile: () => Promise<void>): Promise<void> {
    let answers: readonly Promise<Answer>[] = [];
    await holding(this.system, 'baton.head', async (underWay) => {
      answers = this.system.stack.gatewayUrls.map((url) => pause(url, upgradeId));
      for (const answer of answers) answer.catch(() => undefined);
      await underWay('api-gateway', BOTH.length);
      await this.replicas.stop('api-gateway', this.replica);
    });
    const answer = await answers[2 - this.replica];
    expect(answer).toMatchObject({ status: 202 });
    await meanwhile();
    this.stood('api-gateway', this.replica);
    this.goOn('api-gateway');
    expect(await answers[this.replica - 1]).toEqual(answer);
  }

  /** The one replica that relays what is recorded now. */
  private async relaying(): Promise<number> {
    const published = (): Promise<readonly number[]> => this.ofProjections('baton_relay_published_total');
    let found: readonly number[] = [];
    const isClear = async (): Promise<boolean> => {
      const before = await published();
      await this.relayed(await this.record());
      const after = await published();
      found = BOTH.filter((_, index) => (after[index] ?? 0) > (before[index] ?? 0));
      return found.length === 1;
    };
    await eventually('one relay is at work', isClear, WITHIN_MS);
    return found[0] ?? 0;
  }

  private stood(service: string, replica: number): void {
    expect({ service, standsStill: this.replicas.isStopped(service, replica) }).toEqual({ service, standsStill: true });
  }

  private ofProjections(metric: string): Promise<readonly number[]> {
    return Promise.all(BOTH.map((replica) => this.replicas.metric('projection-svc', replica, metric)));
  }

  /** The position of an event that nobody has to do anything about. */
  private async record(): Promise<number> {
    this.releases += 1;
    const body = { ...RELEASE, version: `9.${this.replica}.${this.releases}` };
    return (await this.api.ask<{ position: number }>('POST', '/v1/releases', body)).position;
  }

  private relayed(position: number): Promise<void> {
    const isRelayed = async (): Promise<boolean> => (await relayedUpTo(this.nats).catch(() => 0)) >= position;
    return eventually(`position ${position} is relayed`, isRelayed, WITHIN_MS);
  }

  private folded(position: number): Promise<void> {
    return onDatabase(this.system, (client) => {
      const text = 'SELECT FROM read.checkpoint WHERE serving AND position >= $1';
      const isFolded = async (): Promise<boolean> => (await client.query(text, [position])).rowCount === 1;
      return eventually(`position ${position} is folded`, isFolded, WITHIN_MS);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Waits for the answer however long it takes. */
const pause = async (gatewayUrl: string, upgradeId: string): Promise<Answer> => {
  const response = await fetch(`${gatewayUrl}/v1/upgrades/${upgradeId}/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': upgradeId },
    body: JSON.stringify({ reason: 'a spec' }),
  });
  return { status: response.status, body: await response.json() };
};

import type { Layer, OperatorCommand, Strategy, UpgradeStatus } from '@baton/contracts';
import type { Explanation } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { eventually } from '@baton/testing';
import { artifactFacts, uploadArtifact } from '../../src/demo/artifact.js';

const ANSWER_WITHIN_MS = 30_000;
export const WITHIN_MS = 90_000;

/** An HTTP answer as it came, success or not. */
export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What the text says as JSON. */
  readonly body: T;
}

/** One request, sent once. Rejects when nobody answers. */
export const call = async <T = Readonly<Record<string, unknown>>>(
  method: string,
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered<T>> => {
  const response = await fetch(url, {
    method,
    headers: {
      'baton-actor': 'operator:spec',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) as T };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export interface UpgradeWish {
  readonly to: string;
  readonly strategy?: string;
  readonly autoCommit?: boolean;
}

/** What a person asks of a gateway; while nobody answers, or the answer is 503, it is asked again. */
export class Api {
  constructor(readonly url: string) {}

  /** Rejects when the answer is no success. */
  async ask<T>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
    let answer: Answered<T> | undefined;
    const what = `${method} ${path} is answered`;
    await eventually(
      what,
      async () => {
        answer = await call<T>(method, this.url + path, body, headers).catch(() => undefined);
        return answer !== undefined && answer.status !== 503;
      },
      WITHIN_MS,
    );
    if (answer && answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${String(answer?.status)} ${String(answer?.text)}`);
  }

  /** Makes the cluster and waits for so many nodes. */
  async cluster(clusterId: string, nodes: number): Promise<void> {
    await this.ask('POST', '/v1/clusters', { clusterId, title: 'Of a spec' });
    const count = async (): Promise<number> =>
      (await this.ask<{ items: unknown[] }>('GET', `/v1/clusters/${clusterId}/nodes?limit=100`)).items.length;
    await eventually(`${nodes} nodes of ${clusterId} joined`, async () => (await count()) >= nodes, WITHIN_MS);
  }

  /** Registers a release with 10 MiB that no other version has, and uploads them; its sha256. */
  async release(version: string, layer: Layer = 'software'): Promise<string> {
    const { sha256, size } = await artifactFacts(version);
    await this.ask('POST', '/v1/releases', { version, layer, kind: 'spec', sha256, size });
    await uploadArtifact(this.url, version, size);
    return sha256;
  }

  /** Publishes that strategy under another name and with these fields changed. */
  async strategy(name: string, from: string, changes: (strategy: Strategy) => Partial<Strategy>): Promise<void> {
    const { strategy } = await this.ask<{ strategy: Strategy }>('GET', `/v1/strategies/${from}`);
    await this.ask('PUT', `/v1/strategies/${name}`, { ...strategy, ...changes(strategy), name });
  }

  /** The id of the upgrade that begins. */
  async upgrade(clusterId: string, { strategy = 'patient', ...wish }: UpgradeWish): Promise<string> {
    const body = { ...wish, strategy, reason: 'a spec' };
    const key = { 'idempotency-key': `${clusterId} ${wish.to} ${Date.now()}` };
    return (await this.ask<{ upgradeId: string }>('POST', `/v1/clusters/${clusterId}/upgrades`, body, key)).upgradeId;
  }

  /** The position of the request in the log. */
  async command(upgradeId: string, command: OperatorCommand, more: Readonly<Record<string, unknown>> = {}) {
    const key = { 'idempotency-key': `${upgradeId} ${command} ${Date.now()}` };
    const body = { reason: 'a spec', ...more };
    return (await this.ask<{ position: number }>('POST', `/v1/upgrades/${upgradeId}/${command}`, body, key)).position;
  }

  status(upgradeId: string, query = ''): Promise<UpgradeStatus> {
    return this.ask('GET', `/v1/upgrades/${upgradeId}${query}`);
  }

  explain(upgradeId: string): Promise<Explanation> {
    return this.ask('GET', `/v1/upgrades/${upgradeId}/explain`);
  }

  /** The whole log, or what a query leaves of it. */
  async events(query = ''): Promise<readonly Recorded[]> {
    const { text } = await call('GET', `${this.url}/v1/events${query}`);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Recorded]));
  }

  /** The status when it is one of these; rejects when that takes too long, with what it waits on instead. */
  async reaches(upgradeId: string, ...states: readonly UpgradeStatus['state'][]): Promise<UpgradeStatus> {
    let status: UpgradeStatus | undefined;
    const isThere = async (): Promise<boolean> => {
      status = await this.status(upgradeId);
      return states.includes(status.state);
    };
    await eventually(`the upgrade is ${states.join(' or ')}`, isThere, WITHIN_MS).catch(async (error: Error) => {
      const { state, blockedBy } = await this.status(upgradeId);
      throw new Error(`${error.message}; it is ${state}: ${JSON.stringify(blockedBy)}`, { cause: error });
    });
    return status as UpgradeStatus;
  }
}

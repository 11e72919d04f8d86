import type { Layer, UpgradeStatus } from '@baton/contracts';
import { request, ProblemAnswer } from './http.js';

export interface NodeOfCluster {
  readonly nodeId: string;
  readonly url: string;
  readonly layers: Readonly<Partial<Record<Layer, { readonly current: string }>>>;
  readonly status: 'member' | 'evicted';
}

export interface ReleaseOfCatalogue {
  readonly version: string;
  readonly uploaded: boolean;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** The few calls of the API that the demonstration makes. */
export class Gateway {
  constructor(readonly url: string) {}

  readyz(): Promise<unknown> {
    return request('GET', `${this.url}/readyz`);
  }

  async ensureCluster(clusterId: string): Promise<void> {
    const title = 'A simulated cluster';
    await request('POST', `${this.url}/v1/clusters`, { clusterId, title }).catch((error: unknown) => {
      if (!isProblem(error, 'cluster-exists')) throw error;
    });
  }

  nodes(clusterId: string): Promise<readonly NodeOfCluster[]> {
    return this.all(`/v1/clusters/${clusterId}/nodes`);
  }

  releases(): Promise<readonly ReleaseOfCatalogue[]> {
    return this.all('/v1/releases');
  }

  async registerRelease(release: Readonly<Record<string, unknown>>): Promise<void> {
    await request('POST', `${this.url}/v1/releases`, release);
  }

  /** The upgrade that holds the cluster, undefined when it is free. */
  async activeUpgrade(clusterId: string): Promise<string | undefined> {
    const { active } = await request<{ active?: { upgradeId: string } }>('GET', `${this.url}/v1/clusters/${clusterId}`);
    return active?.upgradeId;
  }

  async startUpgrade(clusterId: string, to: string, key: string): Promise<string> {
    const body = { to, reason: 'demonstration' };
    const path = `${this.url}/v1/clusters/${clusterId}/upgrades`;
    const { upgradeId } = await request<{ upgradeId: string }>('POST', path, body, key);
    return upgradeId;
  }

  /** As it is when the read models have seen that position; undefined while they know nothing of the upgrade. */
  async status(upgradeId: string, after?: number): Promise<UpgradeStatus | undefined> {
    const query = after === undefined ? '' : `?after=${after}`;
    try {
      return await request<UpgradeStatus>('GET', `${this.url}/v1/upgrades/${upgradeId}${query}`);
    } catch (error) {
      if (error instanceof ProblemAnswer && error.status === 404) return undefined;
      throw error;
    }
  }

  private async all<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const query: string = after === '' ? '?limit=100' : `?limit=100&cursor=${encodeURIComponent(after)}`;
      const page: Page<T> = await request<Page<T>>('GET', `${this.url}${path}${query}`);
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }
}

const isProblem = (error: unknown, kind: string): boolean => error instanceof ProblemAnswer && error.kind === kind;

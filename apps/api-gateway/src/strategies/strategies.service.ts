import type { EventLog, Strategy } from '@baton/contracts';
import { decidePublish, foldPublished, unpublished, type Published } from '@baton/domain';
import { instanceOf } from '@baton/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { Intake, type History, type Written } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { refusedProblem } from '../problems/problem.js';
import { DEFAULT_STRATEGY, LOG, STRATEGIES } from '../tokens.js';
import type { Strategies } from './load-strategies.js';

/** Strategies belong to no cluster. */
const NO_CLUSTER = '-';

/** A strategy and where it comes from; `version` counts how often it was published. */
export interface Known {
  readonly strategy: Strategy;
  readonly version?: number;
}

/** Those from files, and those that were published. */
@Injectable()
export class StrategiesService {
  constructor(
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
    @Inject(STRATEGIES) private readonly shipped: Strategies,
    @Inject(DEFAULT_STRATEGY) private readonly fallback: string,
  ) {}

  /** By name. A file wins, as one may be added after somebody published under its name. */
  async all(): Promise<ReadonlyMap<string, Known>> {
    const published = new Map<string, Published>();
    for (const event of await readAll(this.log, { cluster: NO_CLUSTER, categories: ['strategy'] })) {
      const name = instanceOf(event.stream);
      published.set(name, foldPublished(published.get(name) ?? unpublished, event));
    }
    const known = [...published].flatMap(([name, one]): readonly (readonly [string, Known])[] =>
      one.status === 'published' ? [[name, { strategy: one.strategy, version: one.version }]] : [],
    );
    const files = [...this.shipped].map(([name, strategy]) => [name, { strategy }] as const);
    return new Map([...known, ...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The one of this name, or the default one; the problem says which there are. */
  async named(name?: string): Promise<Strategy> {
    const all = await this.all();
    const wanted = name ?? this.fallback;
    const found = all.get(wanted);
    if (found) return found.strategy;
    const known = [...all.keys()].join(', ');
    throw refusedProblem({ kind: 'unknown-strategy', message: `There is no strategy ${wanted}. There are: ${known}.` });
  }

  publish(strategy: Strategy, origin: Origin): Promise<Written> {
    const own = `strategy-${strategy.name}`;
    const shipped = new Set(this.shipped.keys());
    const decide = ({ of }: History) => decidePublish(strategy, of(own).reduce(foldPublished, unpublished), shipped);
    return this.intake.write({ own, cluster: NO_CLUSTER, decide }, origin);
  }
}

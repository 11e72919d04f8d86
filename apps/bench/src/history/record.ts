import type { Append } from '@baton/contracts';
import { PostgresEventLog, type ServiceRole } from '@baton/event-log';
import { categoryOf, type Event } from '@baton/kernel';
import type { Database } from '../bench.js';

/** Events that are recorded together, each on its stream. */
export interface Chapter {
  readonly cluster: string;
  readonly upgrade?: string;
  readonly events: readonly (Event & { readonly stream: string })[];
}

const OWNERS: Readonly<Record<string, ServiceRole>> = {
  ...{ cluster: 'baton_gateway', node: 'baton_gateway', release: 'baton_gateway', upgrade: 'baton_gateway' },
  ...{ precheck: 'baton_precheck', distribution: 'baton_distribution', staging: 'baton_staging' },
  ...{ rollout: 'baton_rollout', lane: 'baton_rollout' },
};

/** Records histories as the services that own their streams. */
export class Recorder {
  private readonly logs = new Map<ServiceRole, PostgresEventLog>();
  private count = 0;

  constructor(
    private readonly database: Database,
    private readonly name: string,
  ) {}

  /** In order; chapters of one service that follow each other share commits. */
  async record(chapters: readonly Chapter[]): Promise<void> {
    for (let at = 0; at < chapters.length;) {
      const role = roleOf(chapters[at]);
      const next = chapters.findIndex((chapter, index) => index > at && roleOf(chapter) !== role);
      const end = next < 0 ? chapters.length : next;
      const log = this.logOf(role);
      const answers = await Promise.all(chapters.slice(at, end).map((chapter) => log.append(this.appendOf(chapter))));
      const refused = answers.find(({ status }) => status !== 'accepted');
      if (refused) throw new Error(`not recorded: ${JSON.stringify(refused)}`);
      at = end;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.logs.values()].map((log) => log.close()));
  }

  private logOf(role: ServiceRole): PostgresEventLog {
    const known = this.logs.get(role) ?? new PostgresEventLog({ databaseUrl: this.database.urlOf(role) });
    this.logs.set(role, known);
    return known;
  }

  private appendOf({ cluster, upgrade, events }: Chapter): Append {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    return {
      commandId: `${this.name}-${++this.count}`,
      cluster,
      ...(upgrade !== undefined && { upgrade }),
      meta: { actor: 'operator:bench', correlationId: upgrade ?? 'bench', causationId: upgrade ?? 'bench' },
      writes: streams.map((stream) => ({
        stream,
        expectedVersion: 'any',
        events: events.filter((event) => event.stream === stream).map(({ type, data }) => ({ type, data })),
      })),
    };
  }
}

const roleOf = (chapter: Chapter | undefined): ServiceRole => {
  const stream = chapter?.events[0]?.stream ?? '';
  const role = OWNERS[categoryOf(stream)];
  if (role === undefined) throw new Error(`nobody owns ${stream}`);
  return role;
};

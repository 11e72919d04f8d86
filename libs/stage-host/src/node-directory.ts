import type { EventLog, NodeEvent } from '@baton/contracts';
import { instanceOf, type Recorded } from '@baton/kernel';

/** Where nodes are reached: the addresses in the log, kept in memory and dropped when the node says something new. */
export class NodeDirectory {
  private readonly urls = new Map<string, string>();

  constructor(private readonly log: EventLog) {}

  /** Addresses by node id; a node that never joined is left out. */
  async find(clusterId: string, nodeIds: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const key = (nodeId: string): string => `${clusterId}_${nodeId}`;
    const unknown = nodeIds.map(key).filter((id) => !this.urls.has(id));
    if (unknown.length > 0) await this.load(unknown);
    return Object.fromEntries(
      nodeIds.flatMap((nodeId) => {
        const url = this.urls.get(key(nodeId));
        return url === undefined ? [] : [[nodeId, url]];
      }),
    );
  }

  take(recorded: Recorded): void {
    const event = recorded as Recorded & NodeEvent;
    if (event.type === 'NodeJoined' || event.type === 'NodeChanged') {
      this.urls.set(instanceOf(event.stream), event.data.url);
    }
  }

  /** After a time in which events may have been missed. */
  forget(): void {
    this.urls.clear();
  }

  private async load(ids: readonly string[]): Promise<void> {
    const events = await this.log.read({ streams: ids.map((id) => `node-${id}`) });
    for (const event of events) this.take(event);
  }
}

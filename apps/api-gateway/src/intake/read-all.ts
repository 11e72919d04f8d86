import type { EventLog, LogQuery } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';

const PAGE = 1000;

/** Every event of a query, in position order, page by page. */
export async function* pages(log: EventLog, query: LogQuery, size = PAGE): AsyncGenerator<readonly Recorded[]> {
  let after = query.after ?? 0;
  for (;;) {
    const page = await log.read({ ...query, after, limit: size });
    if (page.length > 0) yield page;
    if (page.length < size) return;
    after = page.at(-1)?.position ?? after;
  }
}

export const readAll = async (log: EventLog, query: LogQuery): Promise<readonly Recorded[]> => {
  const events: Recorded[] = [];
  for await (const page of pages(log, query)) events.push(...page);
  return events;
};

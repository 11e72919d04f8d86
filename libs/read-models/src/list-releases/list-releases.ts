import type { Release } from '@baton/contracts';
import { MoreThan, type DataSource } from 'typeorm';
import { pageOf, type Page, type PageQuery } from '../page.js';
import { ReleaseRow } from '../tables/rows.js';
import { inSnapshot } from '../tables/serving.js';

export type ReleaseView = Release & { readonly uploaded: boolean };

/** Undefined: the read models know no such release. */
export const getRelease = (source: DataSource, version: string): Promise<ReleaseView | undefined> =>
  inSnapshot(source, async (manager, generation) => {
    const row = await manager.findOne(ReleaseRow, { where: { generation, version } });
    return row ? viewOf(row) : undefined;
  });

/** The catalogue, in the order of the versions' text. */
export const listReleases = (source: DataSource, { after, limit }: PageQuery): Promise<Page<ReleaseView>> =>
  inSnapshot(source, async (manager, generation) => {
    const rows = await manager.find(ReleaseRow, {
      where: { generation, ...(after !== undefined && { version: MoreThan(after) }) },
      order: { version: 'ASC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ version }) => version, viewOf);
  });

const viewOf = ({ doc }: ReleaseRow): ReleaseView => ({ ...doc.release, uploaded: doc.status === 'uploaded' });

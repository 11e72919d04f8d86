import type { ImageRow, ImagesTable } from '@baton/contracts';
import { isOfLine } from './version.js';

/** A table of images, and what day it is. */
export interface Images {
  readonly table: ImagesTable;
  /** `2026-01-31`: rows of later days do not count yet. */
  readonly today: string;
}

const byRank = (a: ImageRow, b: ImageRow): number =>
  a.software.split('.').length - b.software.split('.').length || (a.since < b.since ? -1 : 1);

/** the image that goes with a version of the software today; undefined: the table has none. */
export const imageOf = ({ table, today }: Images, software: string): string | undefined =>
  table.rows
    .filter((row) => row.since <= today && isOfLine(row.software, software))
    .toSorted(byRank)
    .at(-1)?.image;

/** The image by each of these versions that has one. */
export const imagesOf = (images: Images, versions: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new Set(versions)].sort().flatMap((software) => {
      const image = imageOf(images, software);
      return image === undefined ? [] : [[software, image] as const];
    }),
  );

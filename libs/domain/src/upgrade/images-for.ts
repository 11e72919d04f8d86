import type { Membership, Request } from '@baton/contracts';
import { previousVersion } from '../membership/previous-version.js';
import { imagesOf } from '../versions/images.js';
import type { SolvedPath } from '../versions/solve-path.js';
import type { RequestUpgrade } from './request-upgrade.js';

/** What the table of images says of every version that a node runs, ran before, or comes to run on the way. */
export const imagesFor = (
  { images, strategy: { layer } }: Pick<RequestUpgrade, 'images' | 'strategy'>,
  members: readonly Membership[],
  { hops }: SolvedPath,
): Pick<Request, 'images'> => {
  if (!images) return {};
  const known = members.flatMap((one) => [one.layers.software ?? [], previousVersion(one, 'software') ?? []].flat());
  return { images: imagesOf(images, [...known, ...(layer === 'software' ? hops.map(({ to }) => to) : [])]) };
};

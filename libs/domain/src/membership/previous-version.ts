import { LAYERS, type Membership } from '@baton/contracts';
import { isOlder } from '../versions/version.js';

type Placed = Pick<Membership, 'active' | 'layers' | 'partitions'>;

/** What a node ran before on this layer and still has whole beside it. What is staged is newer, and was never run. */
export const previousVersion = ({ active, layers, partitions }: Placed, layer: string): string | undefined => {
  const carried = LAYERS.find((one) => partitions[active].version === layers[one]);
  const current = carried && layers[carried];
  const { version, state } = partitions[active === 'A' ? 'B' : 'A'];
  const isPrevious = layer === carried && state === 'good' && version !== undefined && current !== undefined;
  return isPrevious && isOlder(version, current) ? version : undefined;
};

import { LAYERS, type Membership } from '@baton/contracts';
import { isOlder } from '../versions/version.js';

type Placed = Pick<Membership, 'active' | 'layers' | 'partitions'>;

/** What a node ran before on this layer and still has whole beside it; what is only staged it never ran. */
export const previousVersion = (node: Placed, layer: string): string | undefined => {
  const { active, partitions } = node;
  const other = partitions[active === 'A' ? 'B' : 'A'];
  if (other.state !== 'good') return undefined;
  return other.ran ? new Map(Object.entries(other.ran)).get(layer) : carriedBefore(node, layer, other.version);
};

/** Of an agent that does not say what it ran: what is staged is newer. */
const carriedBefore = ({ active, layers, partitions }: Placed, layer: string, version?: string): string | undefined => {
  const { version: running, ran } = partitions[active];
  // It does say so: the other partition was never booted.
  if (ran) return undefined;
  const carried = LAYERS.find((one) => running === layers[one]);
  const current = carried && layers[carried];
  const isPrevious = layer === carried && version !== undefined && current !== undefined;
  return isPrevious && isOlder(version, current) ? version : undefined;
};

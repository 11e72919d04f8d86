import type { Facts, Membership, Partition } from '@baton/contracts';
import { previousVersion } from '../membership/previous-version.js';
import { mayGoBack, rollbackOf } from './rollback.js';
import type { NodeView, Terms, UpgradeView } from './view.js';

/** The versions of one layer of a node. */
export interface LayerVersions {
  /** Runs now. */
  readonly current: string;
  /** Is whole in the other partition, from before. */
  readonly previous?: string;
  /** Where the running upgrade takes the node. */
  readonly target?: string;
  /** The way of the running upgrade, all its hops: `UserConnect-6.6.123 (6.5,6.6)`. */
  readonly path?: string;
  /** A rollback of the last upgrade would take the node back to `previous`. */
  readonly rollback: boolean;
}

/** A member with what the last upgrade of its cluster did to it. */
export interface MemberView extends Omit<Membership, 'clusterId' | 'layers'> {
  readonly layers: Readonly<Record<string, LayerVersions>>;
  /** By the table of images of the last upgrade; absent: it has none, or the node had no part in it. */
  readonly images?: {
    /** Goes with the software that the running upgrade takes the node to. */
    readonly target?: string;
    /** Goes with the software that is whole in the other partition. */
    readonly rollback?: string;
  };
}

/** The upgrade that its cluster admitted last; this node of it is all that has to be in the view. */
export interface LastUpgrade {
  readonly view: UpgradeView;
  /** The cluster is frozen for it. */
  readonly isActive: boolean;
}

/** A node says what it has when it boots; what was written into its passive partition since is known of the upgrade. */
export const memberView = ({ clusterId: _, ...member }: Membership, last?: LastUpgrade): MemberView => {
  const node = last && Object.hasOwn(last.view.nodes, member.nodeId) ? last.view.nodes[member.nodeId] : undefined;
  const partitions = partitionsOf(member, last, node);
  const layers = Object.entries(member.layers).flatMap(([layer, current]) => {
    if (current === undefined) return [];
    const previous = previousVersion({ ...member, partitions }, layer);
    const isOfUpgrade = last?.view.terms.layer === layer;
    const target = isOfUpgrade && last.isActive && node ? targetOf(last.view, node) : undefined;
    const path = target !== undefined ? last?.view.terms.path?.text : undefined;
    const versions: LayerVersions = {
      current,
      ...(previous !== undefined && { previous }),
      ...(target !== undefined && { target }),
      ...(path !== undefined && { path }),
      rollback: isOfUpgrade && node !== undefined && previous !== undefined && goesBack(last.view, node, current),
    };
    return [[layer, versions] as const];
  });
  const shown = new Map(layers);
  const images = node && imagesOf(last?.view.terms.images, shown.get('software'));
  return { ...member, partitions, layers: Object.fromEntries(shown), ...(images && { images }) };
};

/** what is recommended, which may be higher than, lower than or the same as what the node has. */
const imagesOf = (images: Terms['images'], software: LayerVersions | undefined): MemberView['images'] => {
  if (!images || !software) return undefined;
  const { target = '', previous = '' } = software;
  return {
    ...(images[target] !== undefined && { target: images[target] }),
    ...(images[previous] !== undefined && { rollback: images[previous] }),
  };
};

/** Whichever is newer: a node that runs something else than the upgrade knows has said so since. */
const partitionsOf = (
  { active, layers, partitions }: Pick<Membership, 'active' | 'layers' | 'partitions'>,
  last: LastUpgrade | undefined,
  node: NodeView | undefined,
): Facts['partitions'] => {
  const layer = last?.view.terms.layer;
  const isSame = layer !== undefined && node?.active === active && node.layers[layer] === layers[layer];
  if (!isSame) return partitions;
  const { A = partitions.A, B = partitions.B } = node.partitions ?? {};
  return { A: withRan(A, partitions.A), B: withRan(B, partitions.B) };
};

/** What it ran from there it says at its start; it holds as long as nothing else was written there. */
const withRan = (known: Partition, said: Partition): Partition =>
  known.version === said.version && said.ran ? { ...known, ran: said.ran } : known;

const targetOf = ({ terms, rollback }: UpgradeView, node: NodeView): string | undefined => {
  if (node.state === 'skipped' || node.state === 'evicted') return undefined;
  return rollback ? node.cameFrom : terms.to;
};

const goesBack = (view: UpgradeView, node: NodeView, current: string): boolean =>
  rollbackOf(view).possible &&
  node.cameFrom !== undefined &&
  current === view.terms.to &&
  (node.wave === undefined || mayGoBack(view, node.wave));

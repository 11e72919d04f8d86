import type { ClusterSize } from '@baton/platform';

/** Nodes of a cluster by number, both ends included. */
export interface Slice {
  readonly clusterId: string;
  readonly first: number;
  readonly last: number;
}

/** Nodes that have a label. */
export interface Labelling extends Slice {
  readonly label: string;
  readonly value: string;
}

/** A node that is to be simulated, and where it stands. */
export interface Resident {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly failureDomain: string;
}

const RACKS = 4;

/** The nodes of this process: all, or those that the slices name. Lanes are labelled where there are several. */
export const populate = (
  clusters: readonly ClusterSize[],
  slices?: readonly Slice[],
  labellings: readonly Labelling[] = [],
): readonly Resident[] =>
  clusters.flatMap(({ clusterId, nodes, lanes }) =>
    Array.from({ length: nodes }, (_, index) => index + 1)
      .filter((number) => !slices || slices.some((slice) => isIn(slice, clusterId, number)))
      .map((number): Resident => ({
        clusterId,
        nodeId: `n${number}`,
        labels: {
          ...(lanes > 1 && { lane: `lane-${((number - 1) % lanes) + 1}` }),
          ...Object.fromEntries(
            labellings.filter((one) => isIn(one, clusterId, number)).map(({ label, value }) => [label, value]),
          ),
        },
        failureDomain: `rack-${((number - 1) % RACKS) + 1}`,
      })),
  );

const isIn = (slice: Slice, clusterId: string, number: number): boolean =>
  slice.clusterId === clusterId && number >= slice.first && number <= slice.last;

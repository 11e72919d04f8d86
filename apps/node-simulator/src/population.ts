import type { Workload } from '@baton/contracts';
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

/** Nodes that serve a workload. */
export interface Serving extends Slice {
  readonly workload: Workload;
}

/** A node that is to be simulated, and where it stands. */
export interface Resident {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly declared: Readonly<Record<string, string>>;
  readonly failureDomain: string;
  /** What it says that it serves; absent: it says nothing. */
  readonly workloads?: readonly Workload[];
}

const RACKS = 4;

/** The nodes of this process: all, or those that the slices name. Lanes are labelled where there are several. */
export const populate = (
  clusters: readonly ClusterSize[],
  slices?: readonly Slice[],
  labellings: readonly Labelling[] = [],
  servings: readonly Serving[] = [],
  declarations: readonly Labelling[] = [],
): readonly Resident[] =>
  clusters.flatMap(({ clusterId, nodes, lanes }) =>
    Array.from({ length: nodes }, (_, index) => index + 1)
      .filter((number) => !slices || slices.some((slice) => isIn(slice, clusterId, number)))
      .map((number): Resident => ({
        clusterId,
        nodeId: `n${number}`,
        labels: {
          ...(lanes > 1 && { lane: `lane-${((number - 1) % lanes) + 1}` }),
          ...ofNode(labellings, clusterId, number),
        },
        declared: ofNode(declarations, clusterId, number),
        failureDomain: `rack-${((number - 1) % RACKS) + 1}`,
        ...(servings.length > 0 && {
          workloads: servings.filter((one) => isIn(one, clusterId, number)).map(({ workload }) => workload),
        }),
      })),
  );

const isIn = (slice: Slice, clusterId: string, number: number): boolean =>
  slice.clusterId === clusterId && number >= slice.first && number <= slice.last;

const ofNode = (all: readonly Labelling[], clusterId: string, number: number): Readonly<Record<string, string>> =>
  Object.fromEntries(all.filter((one) => isIn(one, clusterId, number)).map(({ label, value }) => [label, value]));

import type { DistributionEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';

/** A node that should hold the artifact now. */
export interface Seed {
  readonly nodeId: string;
  /** Of its store command. */
  readonly attempt: number;
  /** When it was chosen, in milliseconds since 1970 in UTC. */
  readonly chosenAt: number;
  readonly stored: boolean;
}

export interface Loss {
  readonly nodeId: string;
  readonly reason: string;
}

interface Copies {
  /** In the order in which they are chosen. */
  readonly candidates: readonly string[];
  readonly seeds: readonly Seed[];
  /** The last attempt of every node that was ever chosen. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Not chosen again before an operator ends the stall that their loss leads to. */
  readonly lost: readonly Loss[];
}

/** `completed`: as many copies as the strategy wants were made; lost ones are replaced while nodes stage. */
export type Distribution =
  | { readonly status: 'waiting' }
  | (Copies & { readonly status: 'storing' | 'completed' })
  | (Copies & { readonly status: 'stalled'; readonly stalledAt: number; readonly from: 'storing' | 'completed' });

export type BegunDistribution = Exclude<Distribution, { status: 'waiting' }>;
export type StalledDistribution = Extract<Distribution, { status: 'stalled' }>;

export const noDistribution: Distribution = { status: 'waiting' };

export const evolveDistribution = (state: Distribution, recorded: Recorded): Distribution =>
  applyDistribution(state, recorded as Recorded & DistributionEvent, recorded.position);

/** `position`: of the event in the log; past every known one while it is only decided. */
export const applyDistribution = (state: Distribution, event: DistributionEvent, position: number): Distribution => {
  if (event.type === 'DistributionStarted') {
    return { status: 'storing', candidates: event.data.candidates, seeds: [], attempts: {}, lost: [] };
  }
  if (state.status === 'waiting') throw new Error(`${event.type} before DistributionStarted`);
  switch (event.type) {
    case 'SeedsChosen': {
      const seeds = event.data.seeds.map((seed) => keptOrNew(state.seeds, seed, event.data.at));
      const attempts = { ...state.attempts };
      for (const { nodeId, attempt } of seeds) attempts[nodeId] = attempt;
      // Whoever ends a stall gives all that were lost another chance.
      if (state.status === 'stalled') return { ...copiesOf(state), status: state.from, seeds, attempts, lost: [] };
      return { ...state, seeds, attempts };
    }
    case 'SeedStored': {
      const { nodeId } = event.data;
      return {
        ...state,
        seeds: state.seeds.map((seed) => (seed.nodeId === nodeId ? { ...seed, stored: true } : seed)),
      };
    }
    case 'SeedLost': {
      const { nodeId, reason } = event.data;
      const seeds = state.seeds.filter((seed) => seed.nodeId !== nodeId);
      return { ...state, seeds, lost: [...state.lost, { nodeId, reason }] };
    }
    case 'DistributionStalled': {
      const from = state.status === 'stalled' ? state.from : state.status;
      return { ...copiesOf(state), status: 'stalled', stalledAt: position, from };
    }
    case 'DistributionCompleted':
      return { ...copiesOf(state), status: 'completed' };
    default:
      return assertNever(event);
  }
};

const copiesOf = ({ candidates, seeds, attempts, lost }: BegunDistribution): Copies => ({
  candidates,
  seeds,
  attempts,
  lost,
});

const keptOrNew = (
  seeds: readonly Seed[],
  chosen: { readonly nodeId: string; readonly attempt: number },
  at: number,
): Seed =>
  seeds.find(({ nodeId, attempt }) => nodeId === chosen.nodeId && attempt === chosen.attempt) ?? {
    ...chosen,
    chosenAt: at,
    stored: false,
  };

import type { GateLook, GateSight, NodeGate, Request, Strategy } from '@baton/contracts';
import { assertNever } from '@baton/kernel';

/** The gate with all its times. */
export type TimedGate = NodeGate & Required<Pick<NodeGate, 'waitMs' | 'stableMs'>>;

export const gatesOf = ({ gates = [], timing }: Pick<Strategy, 'gates' | 'timing'>): readonly TimedGate[] =>
  gates.map((gate) => ({ ...gate, waitMs: gate.waitMs ?? 0, stableMs: gate.stableMs ?? timing.stableMs }));

export const isNamed = ({ strategy }: Pick<Request, 'strategy'>, name: NodeGate['gate']): boolean =>
  (strategy.gates ?? []).some(({ gate }) => gate === name);

/** From the new boot until all of it must have been shown. */
export const shownWithinMs = (strategy: Pick<Strategy, 'gates' | 'timing'>): number =>
  Math.max(strategy.timing.stableWithinMs, ...gatesOf(strategy).map(({ timeoutMs }) => timeoutMs));

/** The shortest time that something must be well: looks are made several times in it. */
export const shortestStableMs = (strategy: Pick<Strategy, 'gates' | 'timing'>): number =>
  Math.min(strategy.timing.stableMs, ...gatesOf(strategy).map(({ stableMs }) => stableMs));

const STATUS_OK = 200;

/** What the node is asked to look at; `needed`: so many peers must be reached. */
export const looksOf = (strategy: Pick<Strategy, 'gates' | 'timing'>, needed: number): readonly GateLook[] =>
  gatesOf(strategy).map(({ gate, path = '/', status = STATUS_OK }) => {
    switch (gate) {
      case 'services':
        return { gate };
      case 'peers':
        return { gate, needed };
      case 'http':
        return { gate, path, status };
      default:
        return assertNever(gate);
    }
  });

export const sightOf = ({ gate, path }: NodeGate, sights: readonly GateSight[]): GateSight | undefined =>
  sights.find((sight) => sight.gate === gate && sight.path === path);

/** Where a gate stands so long after the boot. What was before `waitMs` does not count. */
export const verdictOf = (
  { waitMs, stableMs, retryMs = Infinity, timeoutMs }: TimedGate,
  sight: GateSight | undefined,
  elapsedMs: number,
): 'open' | 'passed' | 'failed' | 'late' => {
  const forMs = Math.min(sight?.forMs ?? 0, elapsedMs - waitMs);
  if (sight?.ok && forMs >= stableMs) return 'passed';
  if (sight && !sight.ok && forMs > retryMs) return 'failed';
  return elapsedMs >= timeoutMs ? 'late' : 'open';
};

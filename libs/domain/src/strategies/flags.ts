import type { Severity, Strategy, WaveRule } from '@baton/contracts';

/** What a request may say against its strategy. Both default to false. */
export interface Flags {
  /** All nodes of a wave go at once. */
  readonly disruptive: boolean;
  /** With a reason: from below the release's minimum too. It is disruptive, whatever `disruptive` says (V-19). */
  readonly force: boolean;
}

/** The checks that `force` turns into warnings; both follow from `minCompatible` alone. */
const FORCED_CHECKS = ['minimum-compatible', 'supported-mix'] as const;

const atOnce = ({ canary: _canary, lanesAtOnce: _lanesAtOnce, ...wave }: WaveRule): WaveRule => ({
  ...wave,
  lanes: 'per-node',
});

/** Those that no wave takes would go one at a time after them. */
const restOf = ({ waves }: Strategy): readonly WaveRule[] =>
  waves.at(-1)?.select && !waves.some(({ name }) => name === 'rest') ? [{ name: 'rest', lanes: 'per-node' }] : [];

/** The strategy that such a request follows (V-20): disruptive or forced it has a lane for each node. */
export const withFlags = (strategy: Strategy, { force, disruptive }: Flags): Strategy => {
  if (!force && !disruptive) return strategy;
  const waves = [...strategy.waves.map(atOnce), ...restOf(strategy)];
  if (!force) return { ...strategy, waves };
  const forced = FORCED_CHECKS.map((name): readonly [string, Severity] => [
    name,
    strategy.checks[name] === 'off' ? 'off' : 'warning',
  ]);
  return { ...strategy, waves, checks: { ...strategy.checks, ...Object.fromEntries(forced) } };
};

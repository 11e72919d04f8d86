import type { Activation, OnFailure, Request, Strategy, WaveRule } from '@baton/contracts';

/** The nodes of a wave that go first are a wave of their own, under this name. */
export const canaryName = (rule: WaveRule): string => `${rule.name}-canary`;

/** One after the other, and all else as its wave says, whose commit point is for the end of the rest. */
export const canaryRule = (rule: WaveRule): WaveRule => {
  const { lanesAtOnce: _all, canary: _rest, commitPoint: _end, ...own } = rule;
  return { ...own, name: canaryName(rule), lanes: 'one' };
};

/** What the strategy says of the wave that has this name in the plan; undefined: nothing but what it says of all. */
export const waveRule = ({ waves }: Pick<Strategy, 'waves'>, name: string | undefined): WaveRule | undefined => {
  if (name === undefined) return undefined;
  const own = waves.find((rule) => rule.name === name);
  if (own) return own;
  const wave = waves.find((rule) => rule.canary !== undefined && canaryName(rule) === name);
  return wave && canaryRule(wave);
};

/** How nodes of the wave of that name go over: as the wave says, or else the release, or else the strategy. */
export const activationIn = (
  { strategy, release }: Pick<Request, 'strategy' | 'release'>,
  name: string | undefined,
): Activation => waveRule(strategy, name)?.activation ?? release.activation ?? strategy.activation;

/** What becomes of a failure in the wave of that name. */
export const onFailureOf = (strategy: Strategy, name: string | undefined): OnFailure =>
  waveRule(strategy, name)?.onFailure ?? strategy.onFailure;

/** The strategy lets a wave of this name go back, canary and all. */
export const goesBack = (
  { waves, rollback }: Pick<Strategy, 'waves' | 'rollback'>,
  name: string | undefined,
): boolean => {
  if (!rollback?.waves) return true;
  const rule = waves.find((one) => one.name === name || canaryName(one) === name);
  return rule !== undefined && rollback.waves.includes(rule.name);
};

import {
  ACTIVATIONS,
  type Activation,
  type Hop,
  type Release,
  type Strategy,
  type UpgradePath,
} from '@baton/contracts';
import { refuse, type Refusal } from '@baton/kernel';
import { modeOf, type Modes } from './modes.js';
import { brokenRules, linesBetween, PATH_RULES, type PathRule } from './rules.js';
import { compareReleases } from './target.js';
import { isOlder, isSupportedPair, parseVersion } from './version.js';

/** What a hop costs in the cluster that is asked about. */
export type HopCost = Pick<Hop, 'turns' | 'down' | 'expectedMs' | 'interrupts'>;

export interface PathQuestion {
  /** The releases of one layer. */
  readonly catalogue: readonly Release[];
  /** The oldest version that a node which is to go over runs. */
  readonly from: string;
  /** Nothing in between is older than the newest of these. */
  readonly running: readonly string[];
  readonly target: Release;
  /** The strategy that was asked for. */
  readonly strategy: Strategy;
  /** When the strategy names a table of modes. */
  readonly modes?: Modes;
  /** Somebody wants it with a reason: then no release's `minCompatible` is asked. */
  readonly force: boolean;
  readonly costOf: (strategy: Strategy, release: Release) => HopCost;
}

/** A path before it is an upgrade. */
export type SolvedPath = Omit<UpgradePath, 'hop' | 'continues' | 'strategies'>;

/** Refused with `rule-forbids`: its message begins with the name of the rule. */
export type Solution =
  { readonly path: SolvedPath } | { readonly refused: Refusal; readonly rules: readonly PathRule[] };

type Ignored = ReadonlySet<PathRule>;

/**
 * The shortest way that all rules allow: fewest hops, then least time, then at each step the newest release. The rules are
 * those of the strategy that was asked for, those of the strategy that takes the hop, and each release's `minCompatible`.
 */
export const solvePath = (question: PathQuestion): Solution => {
  const { from, target, force } = question;
  const ignored = new Set<PathRule>(force ? ['minCompatible'] : []);
  const hops = isOlder(target.version, from) ? hopBack(question) : shortest(question, ignored);
  if (hops) return { path: { strategy: question.strategy.name, text: textOf(question, hops), hops } };
  const rules = forbidding(question, ignored);
  const why = rules.map((rule) => inWords(rule, question)).join(' ');
  return {
    ...refuse('rule-forbids', `${rules.join(', ')} forbids to go from ${from} to ${target.version}. ${why}`),
    rules,
  };
};

/** Back to what is whole beside the running version there is no other way than at once. */
const hopBack = (question: PathQuestion): readonly Hop[] | undefined => {
  const { from, target, catalogue, strategy } = question;
  const isSupported = question.force || isSupportedPair(from, target.version, catalogue);
  return isSupported ? [hopOf(question, from, target, strategy)] : undefined;
};

interface Way {
  readonly hops: readonly Hop[];
  readonly expectedMs: number;
}

/** A step that may be taken is the shortest way; else from the end backwards: the best way from each release is one step and the best way from where that leads. */
const shortest = (question: PathQuestion, ignored: Ignored): readonly Hop[] | undefined => {
  const { catalogue, from, target, running } = question;
  const direct = takerOf(question, from, target, ignored);
  if (direct) return [hopOf(question, from, target, direct)];
  const isBetween = ({ version }: Release): boolean =>
    isOlder(from, version) && isOlder(version, target.version) && !running.some((one) => isOlder(version, one));
  const between = catalogue.filter((release) => parseVersion(release.version) && isBetween(release));
  const newestFirst = [target, ...between.toSorted((a, b) => compareReleases(b, a))];
  const best = new Map<Release, Way>([[target, { hops: [], expectedMs: 0 }]]);
  const bestFrom = (version: string): Way | undefined => {
    let found: Way | undefined;
    for (const next of newestFirst) {
      const rest = best.get(next);
      if (!rest || !isOlder(version, next.version)) continue;
      const taker = takerOf(question, version, next, ignored);
      if (!taker) continue;
      const hop = hopOf(question, version, next, taker);
      const way = { hops: [hop, ...rest.hops], expectedMs: hop.expectedMs + rest.expectedMs };
      if (!found || isBetter(way, found)) found = way;
    }
    return found;
  };
  for (const release of newestFirst.slice(1)) {
    const way = bestFrom(release.version);
    if (way) best.set(release, way);
  }
  return bestFrom(from)?.hops;
};

const isBetter = (a: Way, b: Way): boolean =>
  a.hops.length < b.hops.length || (a.hops.length === b.hops.length && a.expectedMs < b.expectedMs);

/** The strategy that may take a step; undefined: a rule that is not ignored forbids it. */
const takerOf = (question: PathQuestion, from: string, release: Release, ignored: Ignored): Strategy | undefined => {
  const { strategy, modes } = question;
  const mode = modes ? allowedMode(strategy, modes, from, release.version) : strategy;
  const taker = mode ?? (ignored.has('versions.modes') ? strategy : undefined);
  const isTooOld = release.minCompatible !== undefined && isOlder(from, release.minCompatible);
  if (!taker || (isTooOld && !ignored.has('minCompatible'))) return undefined;
  const broken = [strategy, taker].flatMap(({ versions }) => brokenRules(versions, from, release.version));
  return broken.every((rule) => ignored.has(rule)) ? taker : undefined;
};

/** Who asks for one of the modes by its name wants this one and no other. */
const allowedMode = ({ name }: Strategy, modes: Modes, from: string, to: string): Strategy | undefined => {
  const mode = modeOf(modes, from, to);
  return mode?.name === name || !modes.strategies.has(name) ? mode : undefined;
};

/** Those without any one of which there would be a way; or else, all that forbid to go there at once. */
const forbidding = (question: PathQuestion, ignored: Ignored): readonly PathRule[] => {
  const { from, target } = question;
  if (isOlder(target.version, from)) return ['minCompatible'];
  const active = PATH_RULES.filter((rule) => !ignored.has(rule));
  const decisive = active.filter((rule) => shortest(question, new Set([...ignored, rule])));
  if (decisive.length > 0) return decisive;
  return active.filter((rule) => !takerOf(question, from, target, new Set(PATH_RULES.filter((one) => one !== rule))));
};

const inWords = (rule: PathRule, { catalogue, strategy, from, target, modes }: PathQuestion): string => {
  switch (rule) {
    case 'minCompatible': {
      const newer = isOlder(from, target.version) ? target : catalogue.find(({ version }) => version === from);
      return `${newer?.version ?? from} goes with ${newer?.minCompatible ?? 'none'} or newer.`;
    }
    case 'versions.from':
      return `${strategyFrom(strategy, modes)}, and ${from} is running.`;
    case 'versions.minors':
    case 'versions.majors': {
      const lines = linesBetween(rule, from, target.version);
      const missing = lines.filter((line) => !catalogue.some(({ version }) => version.startsWith(`${line}.`)));
      const what = rule === 'versions.minors' ? 'minor of a major' : 'major';
      const how =
        missing.length === 0 ? 'their releases do not lead there' : `there is no release of ${missing.join(', ')}`;
      return `No ${what} may be left out, and ${how}.`;
    }
    case 'versions.modes': {
      const mode = modes && modeOf(modes, from, target.version);
      return `Table ${modes?.table.name ?? ''} has ${mode ? `${mode.name} for it, not ${strategy.name}` : 'no mode for it'}.`;
    }
  }
};

const strategyFrom = ({ name, versions }: Strategy, modes: Modes | undefined): string =>
  versions?.from === undefined && modes
    ? `The strategies of table ${modes.table.name} begin from later versions`
    : `Strategy ${name} begins from ${versions?.from ?? 'later versions'}`;

const hopOf = (question: PathQuestion, from: string, release: Release, taker: Strategy): Hop => {
  const { effects, oneWay } = release;
  const activation = heaviest(taker, release);
  return {
    ...{ from, to: release.version, strategy: taker.name, activation, changes: changesOf(from, release.version) },
    ...question.costOf(taker, release),
    ...(effects && { effects }),
    ...(oneWay && { oneWay }),
  };
};

/** How nodes go over; where waves differ, that which takes most. */
const heaviest = ({ waves, activation: own }: Strategy, release: Release): Activation => {
  const all = waves.map(({ activation }) => activation ?? release.activation ?? own);
  return ACTIVATIONS.findLast((one) => all.includes(one)) ?? own;
};

const changesOf = (from: string, to: string): Hop['changes'] => {
  const [a, b] = [parseVersion(from), parseVersion(to)];
  if (a?.major !== b?.major) return 'major';
  return a?.minor === b?.minor ? 'build' : 'minor';
};

/** `UserConnect-6.6.123 (6.5,6.6)`. */
const textOf = ({ strategy, target }: PathQuestion, hops: readonly Hop[]): string => {
  const title = strategy.versions?.title;
  const lines = hops.map(({ to }) => to.split('.').slice(0, 2).join('.'));
  return `${title === undefined ? '' : `${title}-`}${target.version} (${lines.join(',')})`;
};

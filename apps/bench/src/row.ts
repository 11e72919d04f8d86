import { median, medianRatio } from './statistics.js';

/** How far a goal goes, and whether this run got there. */
export interface Level {
  readonly text: string;
  readonly met: boolean;
}

/** One line of the table. */
export interface Row {
  readonly goal: string;
  readonly what: string;
  readonly unit: string;
  /** Medians over the repetitions. */
  readonly ours: number;
  readonly floor?: number;
  /** What the floor is. */
  readonly against?: string;
  /** Median of the ratios of each repetition, ours to the floor. */
  readonly ratio?: number;
  readonly must?: Level;
  readonly stretch?: Level;
}

/** Something that could not be measured here, and why. */
export interface NotRun {
  readonly goal: string;
  readonly why: string;
}

type About = Pick<Row, 'goal' | 'what' | 'unit'>;

/** Levels are judged on the measured value, in the unit of the row, or on the ratio to the floor. */
export interface Levels {
  readonly must?: Judge;
  readonly stretch?: Judge;
}

export type Judge = (values: { readonly ours: number; readonly ratio: number }) => Level;

const judge =
  (of: 'ours' | 'ratio', sign: '<=' | '>=', limit: number): Judge =>
  (values) => ({
    text: `${sign} ${limit}${of === 'ratio' ? 'x' : ''}`,
    met: sign === '<=' ? values[of] <= limit : values[of] >= limit,
  });

export const atMost = (limit: number): Judge => judge('ours', '<=', limit);
export const atLeast = (limit: number): Judge => judge('ours', '>=', limit);
export const atMostTimes = (limit: number): Judge => judge('ratio', '<=', limit);
export const atLeastTimes = (limit: number): Judge => judge('ratio', '>=', limit);

/** Both sides, one value a repetition. */
export const compared = (
  about: About & { readonly against: string },
  ours: readonly number[],
  floor: readonly number[],
  { must, stretch }: Levels = {},
): Row => {
  const values = { ours: median(ours), ratio: medianRatio(ours, floor) };
  return {
    ...about,
    ...{ ours: values.ours, floor: median(floor), ratio: values.ratio },
    ...(must && { must: must(values) }),
    ...(stretch && { stretch: stretch(values) }),
  };
};

/** Our side alone. */
export const alone = (about: About, ours: readonly number[], { must, stretch }: Levels = {}): Row => {
  const values = { ours: median(ours), ratio: NaN };
  return {
    ...about,
    ours: values.ours,
    ...(must && { must: must(values) }),
    ...(stretch && { stretch: stretch(values) }),
  };
};

/** The value below which the share of all lies; NaN for none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** What one side did in one repetition. */
export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Of single durations in milliseconds, and how long all of them took together. */
export const sampleOf = (durations: readonly number[], tookMs: number): Sample => ({
  perSecond: (durations.length / tookMs) * 1000,
  p50: percentile(durations, 0.5),
  p99: percentile(durations, 0.99),
});

/** The median of what two sides had in the same repetition. */
export const medianRatio = (ours: readonly number[], floor: readonly number[]): number =>
  median(ours.map((value, rep) => value / (floor[rep] ?? NaN)));

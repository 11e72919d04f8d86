import type { Options } from './options.js';
import type { Row } from './row.js';
import type { Database, Postgres } from './servers/postgres.js';

/** What a goal is measured with. */
export interface Bench {
  readonly options: Options;
  readonly postgres: Postgres;
  /** Of a nats-server with empty streams: they are a copy of one log, and every goal has its own. */
  readonly natsUrl: string;
  /** For files that end with the run. */
  readonly folder: string;
  /** A line about how far it is. */
  readonly say: (line: string) => void;
}

export type Measure = (bench: Bench) => Promise<readonly Row[]>;

/** Measures every side once a repetition, one after the other, so that all meet the same noise. */
export const interleaved = async <Side extends string, Result>(
  { options, say }: Pick<Bench, 'options' | 'say'>,
  title: string,
  sides: Readonly<Record<Side, () => Promise<Result>>>,
): Promise<Readonly<Record<Side, readonly Result[]>>> => {
  const names = Object.keys(sides) as Side[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Side, Result[]>;
  for (let rep = 1; rep <= options.reps; rep++) {
    say(`${title}: ${rep} of ${options.reps}`);
    for (const name of names) results[name].push(await sides[name]());
  }
  return results;
};

export type { Database };

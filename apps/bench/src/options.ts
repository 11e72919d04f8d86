import { parseArgs } from 'node:util';

export const GOALS = ['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G9', 'G11', 'G13'] as const;
export type Goal = (typeof GOALS)[number];

export interface Options {
  readonly only: readonly Goal[];
  /** How often each side is measured, always one after the other. */
  readonly reps: number;
  /** Length of the log whose read models are filled again. */
  readonly events: number;
  /** Nodes of the rollout in series. */
  readonly nodes: number;
  readonly json: boolean;
}

export const USAGE = `npm run bench -- [--only G1,G2] [--reps 5] [--events 100000] [--nodes 1000] [--json]

Goals: ${GOALS.join(', ')}`;

/** Throws an Error that says what is wrong. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: GOALS.join(',') },
      reps: { type: 'string', default: '5' },
      events: { type: 'string', default: '100000' },
      nodes: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only.split(',').map(goalOf),
    reps: count('reps', values.reps),
    events: count('events', values.events),
    nodes: count('nodes', values.nodes),
    json: values.json,
  };
};

const goalOf = (text: string): Goal => {
  const goal = GOALS.find((one) => one === text.trim().toUpperCase());
  if (goal === undefined) throw new Error(`--only: ${text} is none of ${GOALS.join(', ')}`);
  return goal;
};

const count = (option: string, text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${option}: ${text} is not a whole number above 0`);
};

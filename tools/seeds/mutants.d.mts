export interface Mutation {
  readonly id: string;
  readonly file: string;
  /** The whole line without its indentation; it is in the file exactly once. */
  readonly line: string;
  /** Empty: the line is left out. */
  readonly becomes: string;
}

export const UNWRITTEN: ReadonlySet<string>;
export const readMutations: () => readonly Mutation[];
export const mutate: (text: string, mutation: Pick<Mutation, 'line' | 'becomes'>) => string | undefined;
export const problemsOf: (
  mutations: readonly Mutation[],
  proven: readonly string[],
  unwritten: ReadonlySet<string>,
  textOf: (file: string) => string,
) => readonly string[];
export const described: (mutation: Mutation) => string;
export const outcomesIn: (page: string) => ReadonlyMap<string, string>;
export const tableOf: (
  mutations: readonly Mutation[],
  proven: readonly string[],
  outcomes: ReadonlyMap<string, string>,
) => string;

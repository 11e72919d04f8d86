export interface Judged {
  readonly id: string;
  readonly verdict: 'holds' | 'fails' | 'open';
  readonly tests: readonly { readonly file: string; readonly title: string; readonly hasPassed: boolean }[];
}

/** What is read of the report that `jest --json` writes. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export const OPEN: ReadonlyMap<string, string>;
export const demandsOf: (page: string) => readonly string[];
export const judgeDemands: (demands: readonly string[], reports: readonly Report[]) => readonly Judged[];

/** How one environment variable becomes a value. `parse` throws an Error that says what is allowed. */
export interface Setting<T> {
  readonly variable: string;
  /** For the documentation and for the error; a sentence. */
  readonly help: string;
  readonly parse: (text: string) => T;
  /** Absent: the variable must be set. */
  readonly fallback?: string;
}

export type Settings<Spec extends Readonly<Record<string, Setting<unknown>>>> = {
  readonly [Key in keyof Spec]: Spec[Key] extends Setting<infer T> ? T : never;
};

/** Every wrong or missing setting at once, so that a start fails once and not once for each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`${problems.length} setting(s) cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads the environment before anything listens. An empty variable counts as not set. */
export const readSettings = <Spec extends Readonly<Record<string, Setting<unknown>>>>(
  spec: Spec,
  env: NodeJS.ProcessEnv = process.env,
): Settings<Spec> => {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(spec)) {
    const text = env[setting.variable]?.trim() || setting.fallback;
    if (text === undefined) {
      problems.push(`${setting.variable} is not set: ${setting.help}`);
      continue;
    }
    try {
      values[key] = setting.parse(text);
    } catch (error) {
      problems.push(`${setting.variable}=${text}: ${(error as Error).message} (${setting.help})`);
    }
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return values as Settings<Spec>;
};

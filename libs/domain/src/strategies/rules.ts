/** Where something stands in a document: `['timing', 'bootMs']`, `['waves', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

export interface StrategyError {
  readonly path: FieldPath;
  /** Names the field, what is allowed there, and what was found. */
  readonly message: string;
}

/** Reads a value of one shape; on anything else it adds errors and gives undefined. */
export type Rule<T> = (value: unknown, path: FieldPath, errors: StrategyError[]) => T | undefined;

export const fieldName = (path: FieldPath): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('') ||
  'the strategy';

const found = (value: unknown): string => {
  if (value === undefined) return 'it is missing';
  if (value === null) return 'not null';
  if (Array.isArray(value)) return 'not a list';
  if (typeof value === 'object') return 'not a map';
  if (typeof value === 'string') return `not ${JSON.stringify(value.slice(0, 60))}`;
  return typeof value === 'number' || typeof value === 'boolean' ? `not ${value}` : `not a ${typeof value}`;
};

/** Says that something else is allowed at this place. */
export const wrong = (path: FieldPath, allowed: string, value: unknown, errors: StrategyError[]): undefined => {
  errors.push({ path, message: `${fieldName(path)} must be ${allowed}, ${found(value)}` });
  return undefined;
};

const ifAllowed =
  <T>(allowed: string, test: (value: unknown) => value is T): Rule<T> =>
  (value, path, errors) =>
    test(value) ? value : wrong(path, allowed, value, errors);

export const oneOf = <T extends string>(...words: readonly T[]): Rule<T> =>
  ifAllowed(`one of ${words.join(', ')}`, (value): value is T => words.some((word) => word === value));

export const matching = (pattern: RegExp, allowed: string): Rule<string> =>
  ifAllowed(allowed, (value): value is string => typeof value === 'string' && pattern.test(value));

export const wholeNumber = (from: number, to: number, unit: string): Rule<number> =>
  ifAllowed(
    `a whole number of ${unit} from ${from} to ${to}`,
    (value): value is number => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
  );

export const trueOrFalse: Rule<boolean> = ifAllowed(
  'true or false',
  (value): value is boolean => typeof value === 'boolean',
);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any names, values of one shape. */
export const mapOf =
  <T>(rule: Rule<T>): Rule<Readonly<Record<string, T>>> =>
  (value, path, errors) => {
    if (!isMap(value)) return wrong(path, 'a map of names to values', value, errors);
    const read = Object.entries(value).map(([name, entry]) => [name, rule(entry, [...path, name], errors)] as const);
    return Object.fromEntries(read.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])));
  };

/** A list with at least one entry. */
export const listOf =
  <T>(rule: Rule<T>): Rule<readonly T[]> =>
  (value, path, errors) => {
    if (!Array.isArray(value) || value.length === 0) return wrong(path, 'a list with an entry', value, errors);
    return value.flatMap((entry: unknown, index) => rule(entry, [...path, index], errors) ?? []);
  };

/** Lets a field be absent. */
export const optional =
  <T>(rule: Rule<T>): Rule<T> =>
  (value, path, errors) =>
    value === undefined ? undefined : rule(value, path, errors);

/** Exactly these fields; others are refused, so that a misspelt one is not passed over in silence. */
export const record =
  <T>(fields: { readonly [Name in keyof T]-?: Rule<NonNullable<T[Name]>> }): Rule<T> =>
  (value, path, errors) => {
    const names = Object.keys(fields) as (keyof T & string)[];
    if (!isMap(value)) return wrong(path, `a map with ${names.join(', ')}`, value, errors);
    for (const name of Object.keys(value).filter((other) => !names.some((known) => known === other))) {
      const at = [...path, name];
      errors.push({ path: at, message: `${fieldName(at)} is not known; there are ${names.join(', ')}` });
    }
    const read = names.map((name) => [name, fields[name](value[name], [...path, name], errors)] as const);
    // Complete only when no error was added; the caller looks at those first.
    return Object.fromEntries(read.filter(([, entry]) => entry !== undefined)) as T;
  };

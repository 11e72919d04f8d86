/** Where something stands in a document: `['timing', 'bootMs']`, `['waves', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

export interface StrategyError {
  readonly path: FieldPath;
  /** Names the field, what is allowed there, and what was found. */
  readonly message: string;
  /** Each field may be so, but not together with another; a schema of fields cannot say it. */
  readonly isContradiction?: true;
}

/** JSON Schema (draft 2020-12), as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a value may be: read by the parser and told to editors as a schema, so that the two cannot differ. */
export interface Rule<T> {
  /** The value; on anything else it adds errors and gives undefined. */
  readonly read: (value: unknown, path: FieldPath, errors: StrategyError[]) => T | undefined;
  readonly schema: JsonSchema;
  /** Its field may be left out. */
  readonly isOptional?: true;
}

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

/** Says that this place does not go together with another. */
export const contradiction = (path: FieldPath, why: string): StrategyError => ({
  path,
  message: `${fieldName(path)} ${why}`,
  isContradiction: true,
});

const ifAllowed = <T>(allowed: string, schema: JsonSchema, test: (value: unknown) => value is T): Rule<T> => ({
  read: (value, path, errors) => (test(value) ? value : wrong(path, allowed, value, errors)),
  schema,
});

export const oneOf = <T extends string>(...words: readonly T[]): Rule<T> =>
  ifAllowed(`one of ${words.join(', ')}`, { enum: words }, (value): value is T => words.some((word) => word === value));

export const matching = (pattern: RegExp, allowed: string): Rule<string> =>
  ifAllowed(
    allowed,
    { type: 'string', pattern: pattern.source },
    (value): value is string => typeof value === 'string' && pattern.test(value),
  );

export const wholeNumber = (from: number, to: number, unit: string): Rule<number> =>
  ifAllowed(
    `a whole number of ${unit} from ${from} to ${to}`,
    { type: 'integer', minimum: from, maximum: to },
    (value): value is number => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
  );

export const trueOrFalse: Rule<boolean> = ifAllowed(
  'true or false',
  { type: 'boolean' },
  (value): value is boolean => typeof value === 'boolean',
);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any names, values of one shape. */
export const mapOf = <T>(rule: Rule<T>): Rule<Readonly<Record<string, T>>> => ({
  read: (value, path, errors) => {
    if (!isMap(value)) return wrong(path, 'a map of names to values', value, errors);
    const read = Object.entries(value).map(
      ([name, entry]) => [name, rule.read(entry, [...path, name], errors)] as const,
    );
    return Object.fromEntries(read.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])));
  },
  schema: { type: 'object', additionalProperties: rule.schema },
});

/** A list with at least one entry. */
export const listOf = <T>(rule: Rule<T>): Rule<readonly T[]> => ({
  read: (value, path, errors) => {
    if (!Array.isArray(value) || value.length === 0) return wrong(path, 'a list with an entry', value, errors);
    return value.flatMap((entry: unknown, index) => rule.read(entry, [...path, index], errors) ?? []);
  },
  schema: { type: 'array', minItems: 1, items: rule.schema },
});

/** Lets a field be absent. */
export const optional = <T>(rule: Rule<T>): Rule<T> => ({
  read: (value, path, errors) => (value === undefined ? undefined : rule.read(value, path, errors)),
  schema: rule.schema,
  isOptional: true,
});

/** One of these words, or else what `other` says. `allowed` names both. */
export const wordOr = <const W extends string, T>(
  words: readonly W[],
  other: Rule<T>,
  allowed: string,
): Rule<W | T> => ({
  read: (value, path, errors) => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    return isMap(value) ? other.read(value, path, errors) : wrong(path, allowed, value, errors);
  },
  schema: { anyOf: [{ enum: words }, other.schema] },
});

/** What one rule says of a text, or else what `other` says of a map. `allowed` names both. */
export const textOr = <T>(text: Rule<string>, other: Rule<T>, allowed: string): Rule<string | T> => ({
  read: (value, path, errors) => {
    if (typeof value === 'string') return text.read(value, path, errors);
    return isMap(value) ? other.read(value, path, errors) : wrong(path, allowed, value, errors);
  },
  schema: { anyOf: [text.schema, other.schema] },
});

type Fields<T> = { readonly [Name in keyof T]-?: Rule<NonNullable<T[Name]>> };

/** Exactly these fields; others are refused, so that a misspelt one is not passed over in silence. */
export const record = <T>(fields: Fields<T>): Rule<T> => {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    read: (value, path, errors) => {
      if (!isMap(value)) return wrong(path, `a map with ${names.join(', ')}`, value, errors);
      for (const name of Object.keys(value).filter((other) => !names.some((known) => known === other))) {
        const at = [...path, name];
        errors.push({ path: at, message: `${fieldName(at)} is not known; there are ${names.join(', ')}` });
      }
      const read = names.map((name) => [name, fields[name].read(value[name], [...path, name], errors)] as const);
      // Complete only when no error was added; the caller looks at those first.
      return Object.fromEntries(read.filter(([, entry]) => entry !== undefined)) as T;
    },
    schema: {
      type: 'object',
      additionalProperties: false,
      required: names.filter((name) => !fields[name].isOptional),
      properties: Object.fromEntries(names.map((name) => [name, fields[name].schema])),
    },
  };
};

import { parseStrategy, unfitChecks, type Waivable } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { readYaml, readYamlFile, type Parse, type TextError } from '../yaml/read-yaml.js';

export type ReadStrategy = { readonly strategy: Strategy } | { readonly errors: readonly TextError[] };

/** What a value says, given all checks that there are. */
export const parseWith =
  (checks: readonly Waivable[]): Parse<{ readonly strategy: Strategy }> =>
  (value) => {
    const read = parseStrategy(value);
    const errors = 'strategy' in read ? unfitChecks(read.strategy, checks) : [];
    return errors.length > 0 ? { errors } : read;
  };

/** Reads a strategy from YAML, which JSON is too; all errors at once, each with its line. */
export const readStrategy = (text: string, checks: readonly Waivable[]): ReadStrategy =>
  readYaml<{ readonly strategy: Strategy }>(text, 'a strategy', parseWith(checks));

/** As `readStrategy`, of the bytes of a file. */
export const readStrategyFile = (bytes: Uint8Array, checks: readonly Waivable[]): ReadStrategy =>
  readYamlFile<{ readonly strategy: Strategy }>(bytes, 'a strategy', parseWith(checks));

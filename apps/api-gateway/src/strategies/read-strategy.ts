import { parseStrategy, unknownChecks } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { readYaml, readYamlFile, type Parse, type TextError } from '../yaml/read-yaml.js';

export type ReadStrategy = { readonly strategy: Strategy } | { readonly errors: readonly TextError[] };

/** What a value says, in which only these checks may be named. */
export const parseWith =
  (checks: readonly string[]): Parse<{ readonly strategy: Strategy }> =>
  (value) => {
    const read = parseStrategy(value);
    const errors = 'strategy' in read ? unknownChecks(read.strategy, checks) : [];
    return errors.length > 0 ? { errors } : read;
  };

/** Reads a strategy from YAML, which JSON is too; all errors at once, each with its line. */
export const readStrategy = (text: string, checks: readonly string[]): ReadStrategy =>
  readYaml<{ readonly strategy: Strategy }>(text, 'a strategy', parseWith(checks));

/** As `readStrategy`, of the bytes of a file. */
export const readStrategyFile = (bytes: Uint8Array, checks: readonly string[]): ReadStrategy =>
  readYamlFile<{ readonly strategy: Strategy }>(bytes, 'a strategy', parseWith(checks));

import { parseStrategy } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { readYaml, readYamlFile, type TextError } from '../yaml/read-yaml.js';

export type ReadStrategy = { readonly strategy: Strategy } | { readonly errors: readonly TextError[] };

/** Reads a strategy from YAML, which JSON is too; all errors at once, each with its line. */
export const readStrategy = (text: string): ReadStrategy =>
  readYaml<{ readonly strategy: Strategy }>(text, 'a strategy', parseStrategy);

/** As `readStrategy`, of the bytes of a file. */
export const readStrategyFile = (bytes: Uint8Array): ReadStrategy =>
  readYamlFile<{ readonly strategy: Strategy }>(bytes, 'a strategy', parseStrategy);

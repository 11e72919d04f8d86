import { parseStrategy } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { readYaml, type TextError } from '../yaml/read-yaml.js';

export type ReadStrategy = { readonly strategy: Strategy } | { readonly errors: readonly TextError[] };

/** Reads a strategy from YAML, which JSON is too; all errors at once, each with its line. */
export const readStrategy = (text: string): ReadStrategy =>
  readYaml<{ readonly strategy: Strategy }>(text, 'a strategy', parseStrategy);

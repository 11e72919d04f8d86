/** What the composition root provides, by the name under which it is injected. */
export const LOG = Symbol('log');
export const READS = Symbol('reads');
export const STRATEGIES = Symbol('strategies');
/** The name of the one that a request follows which names none. */
export const DEFAULT_STRATEGY = Symbol('default-strategy');
export const TABLES = Symbol('tables');
export const ARTIFACT_DIR = Symbol('artifact-dir');
export const INSPECT = Symbol('inspect');
export const LIVENESS = Symbol('liveness');
export const WAKES = Symbol('wakes');
export const CHECKS = Symbol('checks');
export const PRECHECKS = Symbol('prechecks');
export const PARKED = Symbol('parked');
export const REBUILD = Symbol('rebuild');

/**
 * Cluster, node and lane ids: safe as one token of a NATS subject and as a DNS label. `constructor` is none: every plain
 * object has something under that name.
 */
export const ID_PATTERN = /^(?!constructor$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Upgrade and plan ids: a letter (`u`, `p`) and a ULID in lower case. */
export const UPGRADE_ID_PATTERN = /^[a-z][0-9a-hjkmnp-tv-z]{26}$/;

export const isId = (text: string): boolean => ID_PATTERN.test(text);

/** `lane-<u>_<lane>` → `lane`. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/** `lane-<u>_<lane>` → `<u>_<lane>`. */
export const instanceOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/** `<u>_<lane>` → `<u>`; `<u>` → `<u>`. */
export const upgradeOf = (instance: string): string => instance.split('_', 1)[0] ?? instance;

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

// Neither NUL nor half of a surrogate pair: Postgres and the canonical form refuse them.
/** Whether the log can keep it as it is. */
export const isText = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

/** Whether a field may be called so: others mean something to JavaScript. */
export const isFieldName = (name: string): boolean => !FORBIDDEN_NAMES.has(name);

import type { Exported } from '../history.js';

/** `io.baton.TokenGranted.v1` → `TokenGranted`. */
export const nameOf = (event: Exported): string => event.type.split('.')[2] ?? '';

/** `/baton/demo` → `demo`. */
export const clusterOf = (event: Exported): string => event.source.slice('/baton/'.length);

/** `lane-u1_main` → `lane`. */
export const categoryOf = (event: Exported): string => event.subject.slice(0, event.subject.indexOf('-'));

export const isOfType = (event: Exported, ...names: readonly string[]): boolean => names.includes(nameOf(event));

/** A field of the event's data; empty: it is not there, or no text. */
export const textOf = (event: Exported | undefined, field: string): string => {
  const value = event?.data[field];
  return typeof value === 'string' ? value : '';
};

/** NaN: it is not there, or no number. */
export const numberOf = (event: Exported | undefined, field: string): number => {
  const value = event?.data[field];
  return typeof value === 'number' ? value : NaN;
};

/** Nothing in it: it is not there, or no object. */
export const recordOf = (event: Exported | undefined, field: string): Readonly<Record<string, unknown>> => {
  const value = event?.data[field];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
};

/** When it was recorded, in milliseconds since 1970. */
export const timeOf = (event: Exported): number => Date.parse(event.time);

export const nodeOf = (event: Exported): string => textOf(event, 'nodeId');

export const epochOf = (event: Exported): number => numberOf(event, 'epoch');

/** A node of a cluster, e.g. `demo/n1`. */
export const nodeKey = (cluster: string, nodeId: string): string => `${cluster}/${nodeId}`;

/** Things by a key, in their order. */
export const groupBy = <T>(things: readonly T[], keyOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(keyOf(thing));
    if (group) group.push(thing);
    else groups.set(keyOf(thing), [thing]);
  }
  return groups;
};

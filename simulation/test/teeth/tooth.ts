import type { Exported, History } from '../../src/history.js';
import type { Spoil } from '../spoil.js';

/** A way of breaking an invariant: in what was done, or in how it was kept. */
export type Tooth = readonly [invariant: string, what: string, spoil: Spoil, keep?: (history: History) => History];

export const nothing: Spoil = () => undefined;

/** The log as somebody has tampered with it. */
export const inLog =
  (change: (log: readonly Exported[]) => readonly Exported[]) =>
  (history: History): History => ({ ...history, log: change(history.log) });

/** The stream as a relay has made it. */
export const inStream =
  (change: (stream: History['stream']) => History['stream']) =>
  (history: History): History => ({ ...history, stream: change(history.stream) });

import type { Strategy } from '@baton/contracts';

/** Protocols whose clients notice it when so many of all nodes go over at a time; undefined: the strategy does not say. */
export const interruptedBy = (
  { interrupts }: Pick<Strategy, 'interrupts'>,
  down: number,
  nodes: number,
): readonly string[] | undefined => {
  if (!interrupts || down === 0) return interrupts && [];
  const { sticky = [], retrying = [] } = interrupts;
  return down < nodes ? sticky : [...new Set([...sticky, ...retrying])];
};

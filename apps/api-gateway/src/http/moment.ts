import type { EventLog } from '@baton/contracts';
import { invalid } from '../problems/validation.js';

/** A position or a moment of the past, from a query; a time that is still to come is the present. */
export const momentOf = async (log: EventLog, at: string): Promise<number | string> => {
  if (/^\d+$/.test(at)) return positionOf(log, 'at', at);
  const [day = ''] = at.split('T');
  // A day that no month has would be taken for one of the next.
  const isDay = toIso(Date.parse(`${day}T00:00:00Z`))?.startsWith(day);
  if (isDay && toIso(Date.parse(at)) !== undefined) return at;
  throw invalid([{ parameter: 'at', detail: 'is not a moment that there is; take one like 2026-01-01T00:00:00Z' }]);
};

const toIso = (ms: number): string | undefined => (Number.isNaN(ms) ? undefined : new Date(ms).toISOString());

/** A position that the log has; one past its end is of another log, or made up. */
export const positionOf = async (log: EventLog, parameter: string, text: string): Promise<number> => {
  const head = await log.head();
  if (Number(text) <= head) return Number(text);
  throw invalid([{ parameter, detail: `lies past the end of the log, which is ${head}` }]);
};

import { WEEKDAYS, type Weekday, type WindowRule } from '@baton/contracts';

/** From when until when, in milliseconds since 1970 in UTC; the end is not part of it. */
export interface Span {
  readonly opens: number;
  readonly closes: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Every window comes once a week, and one may have begun the day before. */
const DAYS_AHEAD = 8;

const formats = new Map<string, Intl.DateTimeFormat>();

// Making one costs far more than using it, and it is the same for the same zone.
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known) return known;
  const numeric = 'numeric';
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: numeric, month: numeric, day: numeric },
    ...{ hour: numeric, minute: numeric, second: numeric },
  });
  formats.set(zone, format);
  return format;
};

/** What the clocks of the zone show then, as if they showed UTC. */
const shown = (at: number, zone: string): number => {
  const parts = formatOf(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
};

/** When the clocks of the zone show this. Shown twice, the later; never, as long after as the hour that was left out. */
const whenShown = (local: number, zone: string): number => {
  const guess = local - (shown(local, zone) - local);
  return local - (shown(guess, zone) - guess);
};

/** Minutes after midnight of `HH:MM`. */
export const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

const weekdayOf = (localMidnight: number): Weekday | undefined =>
  WEEKDAYS[(new Date(localMidnight).getUTCDay() + 6) % 7];

const spansOf = ({ days, from, to, zone }: WindowRule, now: number): readonly Span[] => {
  const today = Math.floor(shown(now, zone) / DAY_MS) * DAY_MS;
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const length = end > begin ? end : end + 24 * 60;
  return Array.from({ length: DAYS_AHEAD + 1 }, (_, index) => today + (index - 1) * DAY_MS)
    .filter((midnight) => days.some((day) => day === weekdayOf(midnight)))
    .map((midnight) => ({
      opens: whenShown(midnight + begin * MINUTE_MS, zone),
      closes: whenShown(midnight + length * MINUTE_MS, zone),
    }));
};

/** The spans of the week around now in their order; those that touch are one. */
export const spansAround = (windows: readonly WindowRule[], now: number): readonly Span[] => {
  const spans: Span[] = [];
  for (const span of windows.flatMap((rule) => spansOf(rule, now)).toSorted((a, b) => a.opens - b.opens)) {
    const last = spans.at(-1);
    if (!last || span.opens > last.closes) spans.push(span);
    else spans[spans.length - 1] = { opens: last.opens, closes: Math.max(last.closes, span.closes) };
  }
  return spans;
};

/** The first moment, from now on, at which something that takes so long ends in a window. Milliseconds since 1970. */
export const opensAt = (windows: readonly WindowRule[], now: number, takesMs: number): number => {
  // The end of a span is no part of it, even for what takes no time.
  const fits = spansAround(windows, now).filter(
    ({ opens, closes }) => Math.max(opens, now) + Math.max(takesMs, 1) <= closes,
  );
  // One that takes longer than any window is looked at again when the week is over.
  return Math.min(...fits.map(({ opens }) => Math.max(opens, now)), now + 7 * DAY_MS);
};

/** The runtime knows its clocks. */
export const isZone = (zone: string): boolean => {
  try {
    return formatOf(zone) !== undefined;
  } catch {
    return false;
  }
};

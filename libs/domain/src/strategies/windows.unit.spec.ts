import * as fc from 'fast-check';
import { WEEKDAYS, type WindowRule } from '@baton/contracts';
import { opensAt, spansAround } from './windows.js';

const HOUR_MS = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const weekend: WindowRule = { days: ['sat', 'sun'], from: '22:00', to: '04:00', zone: 'Europe/Berlin' };
const daily = (from: string, to: string, zone = 'UTC'): WindowRule => ({ days: WEEKDAYS, from, to, zone });

/** When something that takes no time may begin. */
const opens = (rule: WindowRule, now: string, takesMs = 0): string => iso(opensAt([rule], at(now), takesMs));

describe('a window', () => {
  it('X-18 is open on its days, by the clocks of its zone, over midnight too', () => {
    expect(opens(weekend, '2026-01-09T12:00Z')).toBe('2026-01-10T21:00');
    expect(opens(weekend, '2026-01-10T22:30Z')).toBe('2026-01-10T22:30');
    expect(opens(weekend, '2026-01-12T02:59Z')).toBe('2026-01-12T02:59');
    expect(opens(weekend, '2026-01-12T03:00Z')).toBe('2026-01-17T21:00');
  });

  it('follows the clocks when they are changed', () => {
    // In Berlin the night of 29 March 2026 has no hour from 2 to 3, and that of 25 October has it twice.
    const [spring, autumn] = [at('2026-03-28T12:00Z'), at('2026-10-24T12:00Z')];
    const night = (now: number) => spansAround([weekend], now).find(({ opens: from }) => from > now)!;
    expect(night(spring)).toEqual({ opens: at('2026-03-28T21:00Z'), closes: at('2026-03-29T02:00Z') });
    expect(night(autumn)).toEqual({ opens: at('2026-10-24T20:00Z'), closes: at('2026-10-25T03:00Z') });
    expect(opens(daily('02:30', '04:00', 'Europe/Berlin'), '2026-03-29T00:45Z')).toBe('2026-03-29T01:30');
    expect(opens(daily('09:00', '10:00', 'Asia/Kathmandu'), '2026-01-01T00:00Z')).toBe('2026-01-01T03:15');
  });

  it('is over for what would not end in it', () => {
    expect(opens(daily('10:00', '12:00'), '2026-01-01T10:59Z', HOUR_MS)).toBe('2026-01-01T10:59');
    expect(opens(daily('10:00', '12:00'), '2026-01-01T11:01Z', HOUR_MS)).toBe('2026-01-02T10:00');
  });

  it('that touches the next is one with it, and one may last all day', () => {
    const night = [daily('20:00', '24:00'), daily('00:00', '02:00')];
    expect(opensAt(night, at('2026-01-01T23:30Z'), HOUR_MS)).toBe(at('2026-01-01T23:30Z'));
    expect(opens(daily('00:00', '24:00'), '2026-01-01T23:30Z', HOUR_MS)).toBe('2026-01-01T23:30');
  });

  it('that is too short for anything is looked at again in a week', () => {
    expect(opens(daily('10:00', '10:30'), '2026-01-01T10:00Z', HOUR_MS)).toBe('2026-01-08T10:00');
  });

  it('is by the clock what the runtime says that the clocks of the zone show', () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const clock = (count: number): string =>
      `${String(Math.floor(count / 60)).padStart(2, '0')}:${String(count % 60).padStart(2, '0')}`;
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland');
    const time = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2026-12-31T00:00Z') });
    fc.assert(
      fc.property(
        minutes,
        minutes,
        zones,
        fc.subarray([...WEEKDAYS], { minLength: 1 }),
        time,
        (from, to, zone, days, now) => {
          fc.pre(from !== to);
          const rule: WindowRule = { days, from: clock(from), to: clock(to), zone };
          const [weekday = '', shown = ''] = new Date(now)
            .toLocaleString('en-GB', {
              timeZone: zone,
              weekday: 'short',
              hour: '2-digit',
              minute: '2-digit',
              hourCycle: 'h23',
            })
            .split(/,? /);
          const index = WEEKDAYS.findIndex((day) => day === weekday.toLowerCase());
          const isDay = (back: number): boolean => days.some((day) => day === WEEKDAYS[(index - back + 7) % 7]);
          const [begun, over] = [shown >= rule.from, shown < rule.to];
          const isOpen = from < to ? isDay(0) && begun && over : (isDay(0) && begun) || (isDay(1) && over);
          // In the nights in which clocks are changed an hour is shown twice, or never.
          fc.pre(!/-0[34]-|-09-|-1[01]-/.test(new Date(now).toISOString()));
          expect(opensAt([rule], now, 0) === now).toBe(isOpen);
        },
      ),
      { numRuns: 300 },
    );
  });
});

import type { LaneEvent, RolloutEvent, Strategy, UpgradeEvent, WaveRule } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import fc from 'fast-check';

type Logged = Recorded & (RolloutEvent | LaneEvent | UpgradeEvent);

const HOUR_MS = 3_600_000;
const WINDOW = { from: '02:00', to: '05:00' };

const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 2 });

const waveOf = (name: string): fc.Arbitrary<WaveRule> =>
  fc.record<WaveRule>({
    name: fc.constant(name),
    lanes: fc.constant('one' as const),
    lanesAtOnce: maybe(fc.constant(1)),
    gates: maybe(
      fc
        .record({
          gate: fc.constantFrom('reform' as const, 'quorum' as const),
          timeoutMs: fc.constant(20_000),
          onTimeout: fc.constantFrom('stall' as const, 'roll-back-all' as const),
        })
        .map((gate) => [gate]),
    ),
    soakMs: maybe(fc.constant(15_000)),
    approval: fc.boolean(),
    commitPoint: fc.boolean(),
    thresholds: maybe(fc.constant({ failedMax: 30, doneMin: 60 })),
  });

/** What a strategy may say of waves, at random, for the two waves of a toy cluster. */
export const waveRules: fc.Arbitrary<Partial<Strategy>> = fc.record<Partial<Strategy>>({
  waves: fc.tuple(waveOf('first'), waveOf('second')),
  windows: maybe(fc.constant([{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], ...WINDOW, zone: 'UTC' }])),
  rollback: maybe(fc.constant({ waves: ['second'] })),
});

const before = (log: readonly Recorded[], event: Recorded): readonly Logged[] =>
  log.filter(({ position }) => position < event.position) as readonly Logged[];

/** The last wave whose commit point was reached; 0: none. */
export const committedIn = (log: readonly Recorded[]): number =>
  Math.max(
    0,
    ...(log as readonly Logged[]).flatMap((one) => (one.type === 'CommitPointReached' ? [one.data.wave] : [])),
  );

/** Waves that stay, by commit point or by what the strategy names. */
export const staysIn = (log: readonly Recorded[], { rollback }: Partial<Strategy>, wave: number): boolean =>
  wave <= committedIn(log) ||
  (rollback?.waves !== undefined && !rollback.waves.includes(['first', 'second'][wave - 1]!));

/** What the strategy says of waves, judged after an event from the log alone. */
export const wavesHold = (log: readonly Recorded[], recorded: Recorded, rules: Partial<Strategy>): void => {
  const event = recorded as Logged;
  const past = before(log, event);
  if (event.type === 'WaveStarted') waveMayStart(past, event, rules);
  if (event.type === 'LaneOpened')
    expect(openOf(log as readonly Logged[]).size).toBeLessThanOrEqual(atOnce(event.data.wave, rules));
  if (event.type === 'CommitPointReached') isShown(past, event.data.wave, rules);
  if (event.type === 'TokenGranted') mayGoNow(past, event, rules);
};

const ruleFor = (wave: number, { waves }: Partial<Strategy>): WaveRule => waves![wave - 1]!;

const atOnce = (wave: number, rules: Partial<Strategy>): number => ruleFor(wave, rules).lanesAtOnce ?? Infinity;

/** Streams of the lanes that are open and not for a part that goes back. */
const openOf = (log: readonly Logged[]): ReadonlySet<string> => {
  const open = new Set<string>();
  for (const { type, stream, data } of log) {
    if (type === 'LaneOpened' && !data.alone) open.add(stream);
    if (type === 'LaneClosed') open.delete(stream);
  }
  return open;
};

const waveMayStart = (
  past: readonly Logged[],
  { data }: Extract<Logged, { type: 'WaveStarted' }>,
  rules: Partial<Strategy>,
) => {
  const { wave, direction } = data;
  if (direction === 'back') return expect(staysIn(past, rules, wave)).toBe(false);
  const isApproved = past.some((one) => one.type === 'ApprovalGiven' && one.data.wave === wave);
  if (ruleFor(wave, rules).approval) expect(isApproved).toBe(true);
  // V-24: nothing of the next wave before the commit point of the one before it.
  if (wave > 1 && ruleFor(wave - 1, rules).commitPoint) expect(committedIn(past)).toBe(wave - 1);
};

const isShown = (past: readonly Logged[], wave: number, rules: Partial<Strategy>): void => {
  const { gates, soakMs } = ruleFor(wave, rules);
  const settled = past.some((one) => one.type === 'WaveSettling' && one.data.wave === wave);
  if (gates || soakMs) expect(settled).toBe(true);
};

const mayGoNow = (
  past: readonly Logged[],
  { stream, data }: Extract<Logged, { type: 'TokenGranted' }>,
  rules: Partial<Strategy>,
) => {
  const waveStall = past.findLast(({ type }) => /^Wave(Stalled|Resumed)$|^RollbackStarted$/.test(type));
  const [last] = past.filter((one) => one.stream === stream).slice(-1);
  // Who has the token keeps it: another try is no news to anybody else.
  const isKept = last?.type === 'TokenReturned' && last.data.outcome === 'retried';
  if (isKept || data.direction === 'back') return;
  expect(waveStall?.type).not.toBe('WaveStalled');
  if (!rules.windows) return;
  const hour = (data.at / HOUR_MS) % 24;
  expect(hour).toBeGreaterThanOrEqual(2);
  expect(hour).toBeLessThan(5);
};

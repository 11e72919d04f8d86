import type { Outcome, TruthLine } from '../src/history.js';
import type { Draft } from './a-run.js';
import type { Fact } from './recording.js';

/** Spoils a draft in place. */
export type Spoil = (draft: Draft) => void;

type Some<T> = Readonly<Partial<T>>;
type Data = Fact['data'];

/** The first event of a type with this in its data. */
type Which = readonly [type: string, data?: Data];

const fits = (thing: object, wanted: object): boolean =>
  Object.entries(wanted).every(([name, value]) => (thing as Data)[name] === value);

/** Throws when there is none: a spec that spoils nothing shows nothing. */
const found = (index: number, what: unknown): number => {
  if (index < 0) throw new Error(`the run has no ${JSON.stringify(what)}`);
  return index;
};

const indexOf = ({ facts }: Draft, [type, data = {}]: Which): number =>
  found(
    facts.findIndex((fact) => fact.type === type && fits(fact.data, data)),
    [type, data],
  );

const at = (draft: Draft, index: number): Fact => draft.facts[index] as Fact;

export const all =
  (...spoils: readonly Spoil[]): Spoil =>
  (draft) =>
    spoils.forEach((spoil) => spoil(draft));

export const drop =
  (...which: Which): Spoil =>
  (draft) =>
    void draft.facts.splice(indexOf(draft, which), 1);

/** In a command of its own, right after it. */
export const repeat =
  (...which: Which): Spoil =>
  (draft) => {
    const index = indexOf(draft, which);
    draft.facts.splice(index + 1, 0, { ...at(draft, index), command: 900 });
  };

export const change =
  (which: Which, data: Data): Spoil =>
  (draft) => {
    const index = indexOf(draft, which);
    const fact = at(draft, index);
    draft.facts[index] = { ...fact, data: { ...fact.data, ...data } };
  };

/** Each takes the other's place, command and time. */
export const swap =
  (one: Which, other: Which): Spoil =>
  (draft) => {
    const [i, j] = [indexOf(draft, one), indexOf(draft, other)];
    const [a, b] = [at(draft, i), at(draft, j)];
    draft.facts[i] = { ...b, command: a.command, at: a.at };
    draft.facts[j] = { ...a, command: b.command, at: b.at };
  };

/** In a command of its own. */
export const insertBefore =
  (which: Which, ...facts: readonly Pick<Fact, 'stream' | 'type' | 'data'>[]): Spoil =>
  (draft) => {
    const index = indexOf(draft, which);
    const { at: time } = at(draft, index);
    draft.facts.splice(index, 0, ...facts.map((fact) => ({ ...fact, command: 901, at: time })));
  };

const lineOf = ({ truth }: Draft, which: Some<TruthLine>): number =>
  found(
    truth.findIndex((line) => fits(line, which)),
    which,
  );

export const changeLine =
  (which: Some<TruthLine>, change: Some<TruthLine>): Spoil =>
  (draft) => {
    const index = lineOf(draft, which);
    draft.truth[index] = { ...(draft.truth[index] as TruthLine), ...change };
  };

export const dropLine =
  (which: Some<TruthLine>): Spoil =>
  (draft) =>
    void draft.truth.splice(lineOf(draft, which), 1);

/** A line more, which differs from that one in this, so many milliseconds later. */
export const addLine =
  (which: Some<TruthLine>, ms: number, change: Some<TruthLine>): Spoil =>
  (draft) => {
    const like = draft.truth[lineOf(draft, which)] as TruthLine;
    draft.truth.push({ ...like, wallMs: like.wallMs + ms, monotonicMs: like.monotonicMs + ms, ...change });
  };

/** All lines that are like this happened so many milliseconds later. */
export const shift =
  (which: Some<TruthLine>, ms: number): Spoil =>
  (draft) => {
    lineOf(draft, which);
    draft.truth = draft.truth.map((line) =>
      fits(line, which) ? { ...line, wallMs: line.wallMs + ms, monotonicMs: line.monotonicMs + ms } : line,
    );
  };

type WhichOutcome = Some<Outcome> & Pick<Outcome, 'nodeId' | 'verb'>;

const inJournal =
  (which: WhichOutcome, put: (outcome: Outcome) => readonly { readonly outcome: Outcome }[]): Spoil =>
  (draft) => {
    const index = found(
      draft.journals.findIndex(({ lines }) => lines.some(({ outcome }) => outcome && fits(outcome, which))),
      which,
    );
    const { name, lines } = draft.journals[index] as Draft['journals'][number];
    const line = lines.findIndex(({ outcome }) => outcome && fits(outcome, which));
    draft.journals[index] = { name, lines: lines.toSpliced(line, 1, ...put(lines[line]?.outcome as Outcome)) };
  };

export const changeOutcome = (which: WhichOutcome, change: Some<Outcome>): Spoil =>
  inJournal(which, (outcome) => [{ outcome: { ...outcome, ...change } }]);

export const dropOutcome = (which: WhichOutcome): Spoil => inJournal(which, () => []);

/** Once more, with this in it, at the end of the journal. */
export const addOutcome =
  (which: WhichOutcome, change: Some<Outcome>): Spoil =>
  (draft) => {
    const { nodeId } = which;
    const lines = draft.journals.flatMap((journal) => journal.lines);
    const outcome = lines.find((line) => line.outcome && fits(line.outcome, which))?.outcome as Outcome;
    const index = draft.journals.findIndex(({ name }) => name.endsWith(`-${change.nodeId ?? nodeId}.jsonl`));
    const { name, lines: own } = draft.journals[found(index, which)] as Draft['journals'][number];
    draft.journals[index] = { name, lines: [...own, { outcome: { ...outcome, ...change } }] };
  };

/** The node sees this before it records that outcome. */
export const addFloor =
  (which: WhichOutcome, floor: { readonly upgradeNo: number; readonly epoch: number }): Spoil =>
  (draft) => {
    const index = draft.journals.findIndex(({ name }) => name.endsWith(`-${which.nodeId}.jsonl`));
    const { name, lines } = draft.journals[found(index, which)] as Draft['journals'][number];
    const line = found(
      lines.findIndex(({ outcome }) => outcome && fits(outcome, which)),
      which,
    );
    draft.journals[index] = { name, lines: lines.toSpliced(line, 0, { floor }) };
  };

export const changeStatus =
  (change: (status: Data) => Data): Spoil =>
  (draft) => {
    draft.statuses = draft.statuses.map((status) => ({ ...status, ...change(status) }));
  };

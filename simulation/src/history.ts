import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An event as the gateway exports it: CloudEvents 1.0. */
export interface Exported {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly position: number;
  readonly streamversion: number;
  readonly hash: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly commandid: string;
  readonly actor: string;
  readonly upgradeid?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message of the JetStream stream that holds the events. */
export interface Message {
  readonly seq: number;
  readonly event: Exported;
}

/** A line of a simulated machine's own record: the truth about who was down when, and why. */
export interface TruthLine {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly event: 'down' | 'up';
  /** Down: why. Up: what it came back from. */
  readonly by: 'token' | 'crash' | 'fault' | 'start';
  readonly epoch?: number;
  readonly bootId: string;
  readonly runId: string;
  readonly version?: string;
  readonly active: Partition;
  /** sha256 of what each partition holds, by its manifest. */
  readonly digests: Readonly<Partial<Record<Partition, string>>>;
  /** Of the same host as the log's times. Milliseconds. */
  readonly wallMs: number;
  /** Orders the lines of all processes of one host. Milliseconds. */
  readonly monotonicMs: number;
}

export type Partition = 'A' | 'B';

/** A line of a node's journal: the highest it has seen, the outcome of an order, or whose report was taken. */
export interface JournalLine {
  readonly floor?: { readonly upgradeNo: number; readonly epoch: number };
  readonly outcome?: Outcome;
}

/** What became of an order. */
export interface Outcome {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly upgradeId: string;
  readonly upgradeNo: number;
  readonly verb: string;
  readonly attempt: number;
  readonly epoch?: number;
  readonly status: string;
  /** The life in which it was carried out. */
  readonly bootId: string;
  readonly runId: string;
  readonly outcome?: {
    readonly alreadyActive?: boolean;
    readonly written?: { readonly partition?: Partition; readonly sha256: string };
  };
}

/** A node's journal; `name` is its file's. */
export interface Journal {
  readonly name: string;
  readonly lines: readonly JournalLine[];
}

export const SOURCES = {
  log: 'log.ndjson',
  stream: 'stream.ndjson',
  statuses: 'statuses.ndjson',
  truth: 'truth/',
  journals: 'journals/',
} as const;
export type Source = keyof typeof SOURCES;

/** Everything that is known of a run, from sources that do not know of each other; what is empty was not recorded. */
export interface History {
  readonly log: readonly Exported[];
  readonly stream: readonly Message[];
  /** The last status of each upgrade over HTTP. */
  readonly statuses: readonly Readonly<Record<string, unknown>>[];
  readonly truth: readonly TruthLine[];
  readonly journals: readonly Journal[];
  /** Lines that nobody can read, e.g. `log.ndjson:7`. */
  readonly unreadable: readonly { readonly source: Source; readonly where: string }[];
}

/** The texts of a recorded history by path, e.g. `journals/demo-n1.jsonl`. */
export type Files = Readonly<Record<string, string>>;

type Shape = Readonly<Record<string, 'string' | 'number' | 'object'>>;

const EVENT: Shape = {
  ...{ id: 'string', source: 'string', type: 'string', subject: 'string', time: 'string', data: 'object' },
  ...{ position: 'number', streamversion: 'number', hash: 'string', commandid: 'string', actor: 'string' },
  ...{ correlationid: 'string', causationid: 'string' },
};
const TRUTH: Shape = {
  ...{ clusterId: 'string', nodeId: 'string', event: 'string', by: 'string', bootId: 'string', runId: 'string' },
  ...{ active: 'string', digests: 'object', wallMs: 'number', monotonicMs: 'number' },
};
const OUTCOME: Shape = {
  ...{ clusterId: 'string', nodeId: 'string', upgradeId: 'string', upgradeNo: 'number', verb: 'string' },
  ...{ attempt: 'number', status: 'string', bootId: 'string', runId: 'string' },
};

const isOf = (shape: Shape, value: unknown): boolean => {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(shape).every(([name, type]) => typeof fields[name] === type && fields[name] !== null);
};

const isMessage = (value: unknown): boolean => {
  const { event } = value as Partial<Message>;
  return isOf({ seq: 'number' }, value) && isOf(EVENT, event);
};

const isJournalLine = (value: unknown): boolean => {
  const { floor, outcome } = value as JournalLine;
  if (floor) return isOf({ upgradeNo: 'number', epoch: 'number' }, floor);
  return outcome ? isOf(OUTCOME, outcome) : isOf({ taken: 'string' }, value);
};

/** Makes a history of texts. A line that cannot be read is named, never left out without a word. */
export const parseHistory = (files: Files): History => {
  const unreadable: { readonly source: Source; readonly where: string }[] = [];
  const read = <T>(source: Source, path: string, fits: (value: unknown) => boolean): readonly T[] =>
    (files[path] ?? '').split('\n').flatMap((line, index, { length }) => {
      if (line === '') return [];
      const value = parsed(line);
      if (typeof value === 'object' && value !== null && fits(value)) return [value as T];
      // The last line of a machine that was killed may be cut; nobody has heard of what it says.
      const isCut = index === length - 1 && (source === 'truth' || source === 'journals');
      if (!isCut) unreadable.push({ source, where: `${path}:${index + 1}` });
      return [];
    });
  const paths = (folder: string): readonly string[] => Object.keys(files).filter((path) => path.startsWith(folder));
  return {
    log: read<Exported>('log', SOURCES.log, (value) => isOf(EVENT, value)),
    stream: read<Message>('stream', SOURCES.stream, isMessage),
    statuses: read('statuses', SOURCES.statuses, (value) => isOf({ upgradeId: 'string' }, value)),
    truth: paths(SOURCES.truth).flatMap((path) => read<TruthLine>('truth', path, (value) => isOf(TRUTH, value))),
    journals: paths(SOURCES.journals)
      .map((name) => ({ name, lines: read<JournalLine>('journals', name, isJournalLine) }))
      .filter(({ lines }) => lines.length > 0),
    unreadable,
  };
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Reads `log.ndjson`, `stream.ndjson`, `statuses.ndjson`, `truth/*` and `journals/*` of a folder. */
export const readHistory = (folder: string): History => {
  const inside = (path: string): readonly string[] =>
    existsSync(join(folder, path)) ? readdirSync(join(folder, path)).map((file) => path + file) : [];
  const names = [SOURCES.log, SOURCES.stream, SOURCES.statuses].filter((path) => existsSync(join(folder, path)));
  const paths = [...names, ...inside(SOURCES.truth), ...inside(SOURCES.journals)];
  return parseHistory(Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
};

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
  readonly version?: string;
  readonly active: 'A' | 'B';
  /** sha256 of what each partition holds. */
  readonly digests: Readonly<Record<string, string>>;
  /** Orders the lines of all processes of one host. Milliseconds. */
  readonly monotonicMs: number;
}

/** An outcome in a node's journal. */
export interface JournalLine {
  readonly outcome?: {
    readonly clusterId: string;
    readonly nodeId: string;
    readonly upgradeNo: number;
    readonly verb: string;
    readonly attempt: number;
    readonly epoch?: number;
    readonly status: string;
    readonly outcome?: { readonly alreadyActive?: boolean; readonly written?: { readonly sha256: string } };
  };
}

/** Everything that is known of a run, from sources that do not know of each other. */
export interface History {
  readonly log: readonly Exported[];
  /** Absent: not recorded. */
  readonly stream?: readonly Message[];
  readonly truth: readonly TruthLine[];
  readonly journals: readonly JournalLine[];
  /** The last status of each upgrade over HTTP. */
  readonly statuses: readonly Readonly<Record<string, unknown>>[];
}

/** `io.baton.TokenGranted.v1` → `TokenGranted`. */
export const nameOf = (event: Exported): string => event.type.split('.')[2] ?? '';

export const clusterOf = (event: Exported): string => event.source.slice('/baton/'.length);

export const categoryOf = (event: Exported): string => event.subject.slice(0, event.subject.indexOf('-'));

const lines = <T>(file: string): readonly T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => parsed<T>(line));

// The last line of a file whose writer was killed may be cut; it was never answered for.
const parsed = <T>(line: string): readonly T[] => {
  try {
    return line.trim() === '' ? [] : [JSON.parse(line) as T];
  } catch {
    return [];
  }
};

const allIn = <T>(folder: string): readonly T[] =>
  existsSync(folder) ? readdirSync(folder).flatMap((file) => lines<T>(join(folder, file))) : [];

/** Reads `log.ndjson`, `stream.ndjson`, `statuses.ndjson`, `truth/*` and `journals/*` of a folder. */
export const readHistory = (folder: string): History => {
  const optional = <T>(file: string): readonly T[] | undefined =>
    existsSync(join(folder, file)) ? lines<T>(join(folder, file)) : undefined;
  return {
    log: lines<Exported>(join(folder, 'log.ndjson')),
    stream: optional<Message>('stream.ndjson'),
    statuses: optional<Readonly<Record<string, unknown>>>('statuses.ndjson') ?? [],
    truth: allIn<TruthLine>(join(folder, 'truth')),
    journals: allIn<JournalLine>(join(folder, 'journals')),
  };
};

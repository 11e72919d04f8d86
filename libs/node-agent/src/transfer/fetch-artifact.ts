import type { ArtifactRef } from '@baton/contracts';
import { pause, type Clock } from '../clock.js';
import { Failure, failureOf } from '../failure.js';
import { PartFile } from './part-file.js';
import type { Source } from './source.js';

const ROUNDS_MAX = 5;
const ROUND_PAUSE_MS = 200;
const CUT_OFF: ReadonlySet<string> = new Set(['unreachable', 'no-peer']);

export interface FetchOptions {
  readonly artifact: Pick<ArtifactRef, 'sha256' | 'size'>;
  /** Where it is written; what is there already is gone on from. */
  readonly path: string;
  readonly sources: readonly Source[];
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
  readonly clock: Clock;
}

/** What a transfer has come to know of its sources. */
interface Course {
  readonly left: Source[];
  readonly lied: Source[];
  lastError: string;
  /** Whose bytes are in the file; undefined: from before, or of several. */
  from: Source | undefined;
}

/**
 * Fetches an artifact from one source after the other, each going on where the last one was cut off. Resolves when all
 * bytes are durable in the file and have the right digest. A source of wrong bytes is left out.
 */
export const fetchArtifact = async (options: FetchOptions): Promise<void> => {
  const file = await PartFile.open(options.path, options.signal);
  let kept = true;
  try {
    await fetchInto(file, options);
  } catch (error) {
    // Only what was cut off is gone on from. After a failed write or sync the disk may hold anything, whatever it reads as.
    kept = error === options.signal.reason || CUT_OFF.has(failureOf(error).reason);
    throw error;
  } finally {
    await file.close();
    if (!kept) await file.remove();
  }
};

const fetchInto = async (file: PartFile, options: FetchOptions): Promise<void> => {
  const { artifact, sources, signal, clock } = options;
  if (file.size > artifact.size) await file.restart();
  const course: Course = { left: [...sources], lied: [], lastError: '', from: undefined };
  if (sources.length === 0) throw new Failure('no-peer', 'No source of the artifact was named.');
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (round > 0) await pause(clock, ROUND_PAUSE_MS * 2 ** round, signal);
    for (const source of [...course.left]) {
      const before = file.size;
      if (await isWhole(file, source, course, options)) return;
      // As long as bytes come, it is worth going on.
      if (file.size > before) round = 0;
    }
    if (course.left.length === 0) break;
  }
  const { lied, lastError } = course;
  if (lied.length > 0 && course.left.length === 0) {
    const names = lied.map(({ name }) => name).join(', ');
    throw new Failure('digest-mismatch', `What came from ${names} does not have sha256 ${artifact.sha256}.`);
  }
  throw new Failure('unreachable', `No source gave the whole artifact: ${lastError}`);
};

const isWhole = async (file: PartFile, source: Source, course: Course, options: FetchOptions): Promise<boolean> => {
  const { artifact, signal } = options;
  signal.throwIfAborted();
  course.from = file.size === 0 || course.from === source ? source : undefined;
  const pulled = await pull(file, source, options);
  signal.throwIfAborted();
  if (pulled !== undefined) course.lastError = `${source.name}: ${pulled}`;
  if (file.size < artifact.size) return false;
  if (file.size === artifact.size && (await file.finish()) === artifact.sha256) return true;
  // Only when all bytes are of one source it is known who gave wrong ones.
  if (course.from === source) {
    course.lied.push(source);
    course.left.splice(course.left.indexOf(source), 1);
  }
  await file.restart();
  return course.from === source ? false : isWhole(file, source, course, options);
};

/** Appends what the source has; the result is why it ended early. */
const pull = async (
  file: PartFile,
  source: Source,
  { artifact, signal, progress }: FetchOptions,
): Promise<string | undefined> => {
  if (file.size === artifact.size) return undefined;
  try {
    for await (const chunk of await source.open(file.size, signal)) {
      await file.append(chunk).catch(brokenDisk);
      if (file.size > artifact.size) return `it sends more than ${artifact.size} bytes`;
      progress(file.size / artifact.size);
    }
    return file.size < artifact.size ? `it ended after ${file.size} of ${artifact.size} bytes` : undefined;
  } catch (error) {
    if (error instanceof DiskError) throw error.cause as Error;
    return (error as Error).message;
  } finally {
    await file.flush();
  }
};

/** Errors of the own disk end the transfer; those of a source only end the source. */
class DiskError extends Error {}

const brokenDisk = (cause: unknown): never => {
  throw new DiskError('writing failed', { cause });
};

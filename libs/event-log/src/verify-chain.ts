import type { Recorded } from '@baton/kernel';
import canonicalize from 'canonicalize';
import { FIRST_PREVIOUS_HASH, chainHash, digestOf } from './digest.js';

/** The first event that does not follow from those before it. */
export interface BrokenChain {
  readonly position: number;
  readonly problem: string;
}

/** Checks a log from its first event on, one event at a time. */
export class ChainVerifier {
  private position = 0;
  private hash = FIRST_PREVIOUS_HASH;
  private recordedAt = '';
  private readonly versions = new Map<string, number>();

  /** What is wrong with the next event, or undefined. Positions, stream versions, times, contents and hashes must all fit. */
  next(event: Recorded): BrokenChain | undefined {
    const problem = this.problemOf(event);
    this.position = event.position;
    this.hash = event.hash;
    this.recordedAt = event.recordedAt;
    this.versions.set(event.stream, event.version);
    return problem === undefined ? undefined : { position: event.position, problem };
  }

  private problemOf(event: Recorded): string | undefined {
    const version = (this.versions.get(event.stream) ?? 0) + 1;
    if (event.position !== this.position + 1) return `follows position ${this.position}`;
    if (event.version !== version) return `has version ${event.version} of ${event.stream}, not ${version}`;
    if (event.recordedAt < this.recordedAt) return `was recorded before its predecessor`;
    const hash = chainHash(this.hash, event.position, digestOfRecorded(event));
    return event.hash === hash ? undefined : `has hash ${event.hash}, its contents give ${hash}`;
  }
}

/** Checks a whole log; undefined when it is unbroken. */
export const verifyChain = (events: Iterable<Recorded>): BrokenChain | undefined => {
  const verifier = new ChainVerifier();
  for (const event of events) {
    const broken = verifier.next(event);
    if (broken) return broken;
  }
  return undefined;
};

/** The digest of an event as it was read; canonical JSON gives the same bytes again. */
export const digestOfRecorded = (event: Recorded): string =>
  digestOf({ ...event, upgrade: event.upgrade, data: canonicalText(event.data), meta: canonicalText(event.meta) });

export const canonicalText = (value: unknown): string => canonicalize(value) ?? '';

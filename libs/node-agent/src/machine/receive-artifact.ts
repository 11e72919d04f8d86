import type { ArtifactRef } from '@baton/contracts';
import { rm } from 'node:fs/promises';
import { Failure } from '../failure.js';
import { digestOf } from '../transfer/digest.js';
import { fetchArtifact, type FetchOptions } from '../transfer/fetch-artifact.js';

export interface ReceiveOptions extends FetchOptions {
  readonly artifact: ArtifactRef;
  /** Between writing and reading back, for machines that are to break there. */
  readonly written?: () => Promise<void>;
}

/** Fetches an artifact into a file and reads it back: the disk may give other bytes than it was given. */
export const receiveArtifact = async ({ written, ...options }: ReceiveOptions): Promise<void> => {
  const { artifact, path, signal } = options;
  await fetchArtifact(options);
  await written?.();
  const sha256 = await digestOf(path, signal);
  if (sha256 === artifact.sha256) return;
  await rm(path, { force: true });
  throw new Failure('digest-mismatch', `Read back from the disk it has sha256 ${sha256}, not ${artifact.sha256}.`);
};

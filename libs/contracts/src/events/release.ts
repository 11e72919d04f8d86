import type { Event } from '@baton/kernel';
import type { Release } from '../release.js';

export type ReleaseRegistered = Event<'ReleaseRegistered', Release>;
/** Size and sha256 of the bytes equal those registered. */
export type ArtifactUploaded = Event<'ArtifactUploaded', { version: string; sha256: string; size: number }>;

export type ReleaseEvent = ReleaseRegistered | ArtifactUploaded;

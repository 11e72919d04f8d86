import type { Release, ReleaseEvent } from '@baton/contracts';
import { accept, assertNever, nothing, refuse, type Decision, type Recorded } from '@baton/kernel';
import { sameJson } from '../membership/same-json.js';

/** The fold of `release-<version>`: an entry of the catalogue, and whether its bytes are in the store. */
export type CatalogueEntry =
  | { readonly status: 'absent' }
  | { readonly status: 'registered'; readonly release: Release }
  | { readonly status: 'uploaded'; readonly release: Release };

export const noRelease: CatalogueEntry = { status: 'absent' };

export const foldRelease = (entry: CatalogueEntry, recorded: Recorded): CatalogueEntry => {
  const event = recorded as Recorded & ReleaseEvent;
  switch (event.type) {
    case 'ReleaseRegistered':
      return { status: 'registered', release: event.data };
    case 'ArtifactUploaded':
      if (entry.status === 'absent') throw new Error(`${event.stream} begins with ${event.type}`);
      return { status: 'uploaded', release: entry.release };
    default:
      return assertNever(event);
  }
};

export type ReleaseCommand =
  | { readonly type: 'RegisterRelease'; readonly release: Release }
  /** The bytes are in the store for good; what they hash to and how many they are. */
  | { readonly type: 'RecordArtifact'; readonly version: string; readonly sha256: string; readonly size: number };

/** Rules of the catalogue: a version means one content for ever. */
export const decideRelease = (command: ReleaseCommand, entry: CatalogueEntry): Decision<ReleaseEvent> => {
  switch (command.type) {
    case 'RegisterRelease': {
      const { release } = command;
      if (entry.status === 'absent') return accept({ type: 'ReleaseRegistered', data: release });
      const fields = differingFields(entry.release, release);
      if (fields.length === 0) return nothing;
      return refuse(
        'release-differs',
        `Release ${release.version} is registered with another ${fields.join(', ')}. ` +
          `A version never changes its content: register these bytes under a new version.`,
      );
    }
    case 'RecordArtifact': {
      const { version, sha256, size } = command;
      if (entry.status === 'absent') {
        return refuse('unknown-release', `There is no release ${version}. Register it first: POST /v1/releases.`);
      }
      if (entry.release.sha256 !== sha256 || entry.release.size !== size) {
        return refuse(
          'artifact-mismatch',
          `Release ${version} is registered with ${entry.release.size} bytes of sha256 ${entry.release.sha256}; ` +
            `these are ${size} bytes of sha256 ${sha256}. Send the artifact that was registered.`,
        );
      }
      if (entry.status === 'uploaded') return nothing;
      return accept({ type: 'ArtifactUploaded', data: { version, sha256, size } });
    }
    default:
      return assertNever(command);
  }
};

const differingFields = (a: Release, b: Release): readonly string[] => {
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Release)[];
  return fields.filter((field) => !sameJson(a[field], b[field])).sort();
};

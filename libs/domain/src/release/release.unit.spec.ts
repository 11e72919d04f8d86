import type { Release } from '@baton/contracts';
import { recorded, type Given } from '@baton/testing';
import { contradictionsOf } from './contradictions.js';
import { decideRelease, foldRelease, noRelease, type ReleaseCommand } from './release.js';

const sha256 = 'a'.repeat(64);
const release: Release = { version: '1.1.0', layer: 'software', kind: 'demo', sha256, size: 3, companions: ['sdk 2'] };
const registered: Given = { stream: 'release-1.1.0', type: 'ReleaseRegistered', data: release };
const uploaded: Given = {
  stream: 'release-1.1.0',
  type: 'ArtifactUploaded',
  data: { version: '1.1.0', sha256, size: 3 },
};
const register: ReleaseCommand = { type: 'RegisterRelease', release };
const record: ReleaseCommand = { type: 'RecordArtifact', version: '1.1.0', sha256, size: 3 };
const given = (...history: readonly Given[]) => ({
  when: (command: ReleaseCommand) => decideRelease(command, recorded(history).reduce(foldRelease, noRelease)),
});

describe('a release', () => {
  it('is registered once; the same content again changes nothing', () => {
    expect(given().when(register)).toEqual({ events: [{ type: 'ReleaseRegistered', data: release }] });
    expect(given(registered).when(register)).toEqual({ events: [] });
    expect(given(registered, uploaded).when(register)).toEqual({ events: [] });
  });

  it('refuses the same version with other content and names what differs', () => {
    const other: ReleaseCommand = { type: 'RegisterRelease', release: { ...release, size: 4, companions: [] } };
    expect(given(registered).when(other)).toEqual({
      refused: { kind: 'release-differs', message: expect.stringContaining('another companions, size') },
    });
  });

  it('has its artifact recorded once, with the registered size and sha256 only', () => {
    expect(given(registered).when(record)).toEqual({ events: [{ type: 'ArtifactUploaded', data: uploaded.data }] });
    expect(given(registered, uploaded).when(record)).toEqual({ events: [] });
    expect(given().when(record)).toMatchObject({ refused: { kind: 'unknown-release' } });
    for (const wrong of [{ size: 2 }, { sha256: 'b'.repeat(64) }]) {
      expect(given(registered).when({ ...record, ...wrong })).toMatchObject({
        refused: { kind: 'artifact-mismatch' },
      });
    }
  });
});

describe('contradictions in an entry of the catalogue', () => {
  const wrong = (more: Partial<Release>) => contradictionsOf({ ...release, ...more }).map(({ path }) => path.join('.'));

  it('are named by the field, all at once', () => {
    const effects = { disruptive: false, restarts: ['vpn', 'vpn'], features: ['bgp', 'bgp'] };
    expect(
      wrong({ minCompatible: '1.2.0', kind: 'image', companions: ['a', 'a'], hypervisors: ['9', '9'], effects }),
    ).toEqual([
      ...['minCompatible', 'kind', 'effects.disruptive', 'hypervisors', 'companions'],
      ...['effects.restarts', 'effects.features'],
    ]);
    expect(wrong({ layer: 'hypervisor', kind: 'hypervisor', hypervisors: ['9'] })).toEqual(['hypervisors']);
  });

  it('are none in a release that says all that it may (X-03)', () => {
    const effects = { disruptive: true, restarts: ['vpn'], features: ['bgp'] };
    expect(
      wrong({ minCompatible: '1.1.0', kind: 'security-patch', hypervisors: ['9.0'], effects, oneWay: true }),
    ).toEqual([]);
    expect(wrong({ kind: 'software', effects: { disruptive: false } })).toEqual([]);
  });
});

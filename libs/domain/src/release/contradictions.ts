import { LAYERS, type Release } from '@baton/contracts';
import { isOlder } from '../versions/version.js';

/** What does not go together in a release, by the field that it is best mended at (a path of names). */
export interface Contradiction {
  readonly path: readonly string[];
  readonly detail: string;
}

const repeated = (list: readonly string[] | undefined, path: readonly string[]): readonly Contradiction[] => {
  const twice = (list ?? []).find((one, index, all) => all.indexOf(one) !== index);
  return twice === undefined ? [] : [{ path, detail: `must not name ${twice} twice` }];
};

/** All that is wrong with an entry of the catalogue although each field by itself may be so; empty: nothing. */
export const contradictionsOf = (release: Release): readonly Contradiction[] => {
  const { version, layer, kind, minCompatible, hypervisors, companions, effects } = release;
  const found: Contradiction[] = [];
  if (minCompatible !== undefined && isOlder(version, minCompatible)) {
    found.push({ path: ['minCompatible'], detail: `must not be newer than ${version} itself` });
  }
  const other = LAYERS.find((one) => one === kind && one !== layer);
  if (other) found.push({ path: ['kind'], detail: `is the name of another layer than ${layer}` });
  if (layer === 'hypervisor' && hypervisors !== undefined) {
    found.push({ path: ['hypervisors'], detail: 'are what software runs on; a release of a hypervisor runs on none' });
  }
  if (effects?.disruptive === false && (effects.restarts?.length ?? 0) > 0) {
    found.push({ path: ['effects', 'disruptive'], detail: 'must not be false: users of what it restarts notice that' });
  }
  return [
    ...found,
    ...repeated(hypervisors, ['hypervisors']),
    ...repeated(companions, ['companions']),
    ...repeated(effects?.restarts, ['effects', 'restarts']),
    ...repeated(effects?.features, ['effects', 'features']),
  ];
};

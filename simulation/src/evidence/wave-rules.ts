import type { Exported } from '../history.js';
import { isOfType, numberOf, recordOf, textOf } from './event.js';
import type { Upgrade } from './upgrades.js';

export type Said = Readonly<Record<string, unknown>>;

export const recordsIn = (value: unknown): readonly Said[] => (Array.isArray(value) ? (value as readonly Said[]) : []);

/** What the strategy of an upgrade says, as it was requested. */
export const strategyOf = ({ request }: Upgrade): Said => recordOf(request, 'strategy');

/** The name of a wave in the last plan. */
export const nameOfWave = ({ events }: Upgrade, wave: number): string => {
  const plan = events.findLast((event) => isOfType(event, 'PlanMade'));
  const found = recordsIn(recordOf(plan, 'summary')['waves']).find((one) => one['wave'] === wave);
  return typeof found?.['name'] === 'string' ? found['name'] : '';
};

/** What the strategy says of a wave; of a canary all that it says of its wave but for the end of that. */
export const ruleOfWave = (upgrade: Upgrade, wave: number): Said => {
  const name = nameOfWave(upgrade, wave);
  const rules = recordsIn(strategyOf(upgrade)['waves']);
  const own = rules.find((rule) => rule['name'] === name);
  if (own) return own;
  const of = rules.find((rule) => rule['canary'] !== undefined && `${String(rule['name'])}-canary` === name);
  return of ? { ...of, commitPoint: undefined, lanesAtOnce: undefined } : {};
};

/** What a stall in a wave stops. */
export const scopeOfWave = (upgrade: Upgrade, wave: number): string => {
  const { scope } = (ruleOfWave(upgrade, wave)['onFailure'] ?? {}) as Said;
  return typeof scope === 'string' ? scope : upgrade.scope;
};

/** The last wave whose commit point was reached by then; 0: none. */
export const committedBy = ({ events }: Upgrade, position: number): number =>
  Math.max(
    0,
    ...events
      .filter((event) => isOfType(event, 'CommitPointReached') && event.position < position)
      .map((event) => numberOf(event, 'wave')),
  );

export const isForward = (event: Exported): boolean => textOf(event, 'direction') === 'forward';

import type { UpgradeStatus } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { goesBack } from '../plan/wave-rules.js';
import { isLegalIn } from './allowed.js';
import { isFinalizing, openLanes, stateOf } from './state.js';
import { nameOfWave, nodesOf, type UpgradeView } from './view.js';

/** Whether the whole can go back now, until when, or why not. */
export const rollbackOf = (view: UpgradeView): UpgradeStatus['rollback'] => {
  const no = (reason: string) => ({ possible: false, reason });
  if (view.terms.dryRun) return no('it is a plan and changes nothing');
  switch (view.ended) {
    case 'rolled-back':
      return no('it was rolled back');
    case 'aborted':
      return no('it was aborted and stays as it is');
    case 'finalized':
      return no('it was finalized: the old version is given up');
    case 'completed':
    case undefined:
      break;
    default:
      return assertNever(view.ended);
  }
  if (isFinalizing(view)) return no('it is being finalized: nodes give up the old version');
  if (view.continuedBy !== undefined) return no(`upgrade ${view.continuedBy} has gone on from it`);
  if (view.terms.oneWay) return no(`release ${view.terms.to} gives up the way back`);
  if (view.abort) return no('it is being aborted');
  if (view.rollback) return no('it is on its way back already');
  if (!isLegalIn('rollback', stateOf(view))) return no('no node has gone over yet; abort leaves all as they are');
  const stays = staying(view);
  const isPartial = stays.length > 0;
  const names = stays.map((wave) => nameOfWave(view, wave)).join(', ');
  const reason = isPartial ? `these waves stay on ${view.terms.to}: ${names}` : undefined;
  const open = openLanes(view).find(({ wave, direction }) => direction === 'forward' && !mayGoBack(view, wave));
  if (open) return no(`wave ${nameOfWave(view, open.wave) ?? open.wave} is under way and does not go back`);
  const moved = nodesOf(view).filter(({ cameFrom, state }) => cameFrom !== undefined && state !== 'evicted');
  if (moved.length > 0 && !moved.some(({ wave }) => wave === undefined || mayGoBack(view, wave))) {
    return no(`no node that may go back has moved, and ${reason ?? 'nothing else may'}`);
  }
  const waves = wavesOf(view).filter((wave) => !stays.includes(wave));
  if (isPartial && waves.length === 0) return no(`no wave goes back, and ${reason ?? 'nothing else may'}`);
  return { possible: true, ...untilOf(view), ...(reason !== undefined && { reason, waves }) };
};

/** a wave up to the commit point, or that the strategy does not name, stays where it is. */
export const mayGoBack = (view: UpgradeView, wave: number): boolean =>
  wave > (view.commitPoint ?? 0) && goesBack(view.terms.rules, nameOfWave(view, wave));

const wavesOf = ({ waveNames }: UpgradeView): readonly number[] => Object.keys(waveNames).map(Number);

const staying = (view: UpgradeView): readonly number[] => wavesOf(view).filter((wave) => !mayGoBack(view, wave));

const untilOf = ({ terms, endedAt }: UpgradeView): { readonly until?: string } => {
  const { withinMs } = terms.rules.rollback ?? {};
  if (withinMs === undefined) return { until: 'finalized' };
  return endedAt === undefined ? {} : { until: new Date(Date.parse(endedAt) + withinMs).toISOString() };
};

/** Why it is too late by now to go back, though it was possible once. `now` in milliseconds since 1970. */
export const tooLate = ({ rollback: { possible, until } }: UpgradeStatus, now: number): string | undefined => {
  const end = Date.parse(until ?? '');
  return possible && now >= end ? `the strategy lets it go back until ${until ?? ''}` : undefined;
};

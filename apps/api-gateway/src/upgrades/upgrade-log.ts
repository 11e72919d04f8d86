import type { LogQuery, Member, PrecheckEvent, Request, UpgradeStatus } from '@baton/contracts';
import {
  foldIntent,
  foldPlan,
  foldStatus,
  noIntent,
  noPlan,
  toStatus,
  type Approved,
  type UpgradeView,
} from '@baton/domain';
import { categoryOf, type Recorded } from '@baton/kernel';

/** Everything that happened for an upgrade, its admission and the like on other streams included. */
export const eventsOfUpgrade = (upgradeId: string): LogQuery => ({ upgrade: upgradeId });

/** Undefined: these are not the events of an upgrade. */
export const statusOf = (events: readonly Recorded[]): UpgradeStatus | undefined => {
  const view = events.reduce<UpgradeView | undefined>(foldStatus, undefined);
  return view && toStatus(view);
};

/** The plan as an upgrade that starts from it needs it; undefined: no plan is known by these events. */
export const approvedOf = (events: readonly Recorded[]): Approved | undefined => {
  const own = events.filter(({ stream }) => categoryOf(stream) === 'upgrade');
  const { request } = own.reduce(foldIntent, noIntent);
  if (!request?.dryRun) return undefined;
  const prechecks = events.filter(({ stream }) => categoryOf(stream) === 'precheck');
  const plan = prechecks.reduce(foldPlan, noPlan);
  return { request, members: membersOfRun(prechecks, plan.run), digest: plan.passed ? plan.digest : undefined };
};

const membersOfRun = (prechecks: readonly Recorded[], run: number): readonly Member[] =>
  prechecks.flatMap((recorded) => {
    const event = recorded as Recorded & PrecheckEvent;
    return event.type === 'PrecheckStarted' && event.data.run === run ? event.data.members : [];
  });

/** The request that began the upgrade, from the events of one append. */
export const requestOf = (events: readonly Recorded[]): Request => {
  const requested = events.find(({ type }) => type === 'UpgradeRequested');
  if (!requested) throw new Error('the append has no UpgradeRequested');
  return requested.data as Request;
};

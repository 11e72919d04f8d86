import type {
  Asked,
  DistributionEvent,
  LaneEvent,
  PrecheckEvent,
  RolloutEvent,
  StagingEvent,
  UpgradeEvent,
  UpgradePath,
  UpgradeRequested,
  UpgradeStatus,
} from '@baton/contracts';
import { categoryOf, type Recorded } from '@baton/kernel';
import { shownWithinMs } from '../lane/gates.js';
import { foldDistribution } from './fold-distribution.js';
import { foldLane } from './fold-lane.js';
import { foldPrecheck } from './fold-precheck.js';
import { foldRequests } from './fold-requests.js';
import { foldRollout } from './fold-rollout.js';
import { foldStaging } from './fold-staging.js';
import type { UpgradeView } from './view.js';

/**
 * Folds an event of an upgrade, of whatever stream, in position order. Nothing stands before UpgradeRequested.
 * The view handed in is changed and handed back: copying a thousand nodes for each event would cost more than all else.
 * Keep `toStatus` of it, which shares nothing that changes.
 */
export const foldStatus = (view: UpgradeView | undefined, event: Recorded): UpgradeView | undefined => {
  if (!view) return event.type === 'UpgradeRequested' ? begun(event as Recorded<UpgradeRequested>) : undefined;
  view.position = event.position;
  view.updatedAt = event.recordedAt;
  switch (categoryOf(event.stream)) {
    case 'upgrade':
      foldRequests(view, event as Recorded & UpgradeEvent);
      break;
    case 'precheck':
      foldPrecheck(view, event as Recorded & PrecheckEvent);
      break;
    case 'distribution':
      foldDistribution(view, event as Recorded & DistributionEvent);
      break;
    case 'staging':
      foldStaging(view, event as Recorded & StagingEvent);
      break;
    case 'rollout':
      foldRollout(view, event as Recorded & RolloutEvent);
      break;
    case 'lane':
      foldLane(view, event as Recorded & LaneEvent);
      break;
    default:
      // Admission, release and eviction of members come in one append with the upgrade's own event that says the same.
      break;
  }
  return view;
};

const askedBy = ({ meta, data }: Recorded<UpgradeRequested>): Asked => {
  const { reason, force, disruptive, select, acknowledge } = data;
  return {
    by: meta.actor,
    ...(reason !== undefined && { reason }),
    ...(force && { force }),
    ...(disruptive && { disruptive }),
    ...(select && { select }),
    ...(acknowledge && { acknowledge }),
  };
};

const begun = (event: Recorded<UpgradeRequested>): UpgradeView => {
  const { upgradeId, upgradeNo, clusterId, from, to, dryRun, autoCommit } = event.data;
  const { strategy, path, release, images, waivers = [], retargets } = event.data;
  const { name, layer, seeds, timing, onFailure, waves, rollback, mixed } = strategy;
  return {
    terms: {
      ...{ upgradeId, upgradeNo, clusterId, from, to, dryRun, autoCommit },
      ...{
        strategy: name,
        asked: askedBy(event),
        layer,
        seeds,
        timing: { ...timing, stableWithinMs: shownWithinMs(strategy) },
        scope: onFailure.scope,
        oneWay: release.oneWay === true,
      },
      ...(path && { path: shown(path) }),
      ...(images && { images }),
      ...(retargets !== undefined && { retargets }),
      rules: { waves, rollback, mixed },
    },
    position: event.position,
    startedAt: event.recordedAt,
    updatedAt: event.recordedAt,
    stage: 'precheck',
    run: 0,
    precheck: 'none',
    checks: [],
    waivers,
    seeds: [],
    distributed: false,
    staging: 0,
    stalls: {},
    waveNames: {},
    nodes: {},
    lanes: {},
  };
};

// The strategies of later hops are for whoever runs them.
const shown = ({ strategies: _, ...path }: UpgradePath): UpgradeStatus['path'] => path;

import { categoryOf, nameOf, type Exported, type History } from '../history.js';
import type { Violations } from '../violations.js';

const ENDS_TOKEN = new Set(['TokenReturned', 'HolderSkipped', 'HolderEvicted']);
/** What tells that a holder came to an end by itself, rather than by somebody's decision. */
const OUTCOMES = new Set(['HolderStable']);
const BY_OPERATOR = new Set([
  'RetryRequested',
  'SkipRequested',
  'EvictRequested',
  'RollbackRequested',
  'AbortRequested',
]);

const epochOf = (event: Exported): number | undefined => event.data['epoch'] as number | undefined;

const lanes = ({ log }: History): readonly (readonly [string, readonly Exported[]])[] => {
  const byLane = new Map<string, Exported[]>();
  for (const event of log) {
    if (categoryOf(event) !== 'lane') continue;
    const lane = byLane.get(event.subject);
    if (lane) lane.push(event);
    else byLane.set(event.subject, [event]);
  }
  return [...byLane];
};

export const oneToken = (history: History): Violations =>
  lanes(history).flatMap(([lane, events]) => {
    let held: number | undefined;
    return events.flatMap((event) => {
      if (nameOf(event) === 'TokenGranted') {
        const before = held;
        held = epochOf(event);
        return before === undefined
          ? []
          : [`${lane} grants ${String(held)} at ${event.position} while ${String(before)} is out`];
      }
      if (ENDS_TOKEN.has(nameOf(event)) && epochOf(event) !== undefined) {
        const before = held;
        held = undefined;
        return before === epochOf(event)
          ? []
          : [`${lane} ends ${String(epochOf(event))} at ${event.position}, not ${String(before)}`];
      }
      return [];
    });
  });

export const epochsRise = (history: History): Violations =>
  lanes(history).flatMap(([lane, events]) => {
    let last = 0;
    return events.flatMap((event) => {
      if (nameOf(event) !== 'TokenGranted') return [];
      const epoch = Number(epochOf(event));
      const rises = epoch > last;
      last = epoch;
      const named = typeof event.data['nodeId'] === 'string' && typeof event.data['digest'] === 'string';
      return rises && named ? [] : [`${lane} grants epoch ${epoch} at ${event.position}`];
    });
  });

/** A grant follows another only after an outcome that was seen, or a decision of an operator. */
export const noReleaseByTime = (history: History): Violations =>
  lanes(history).flatMap(([lane, events]) => {
    let sinceGrant: Exported[] = [];
    let granted: Exported | undefined;
    return events.flatMap((event) => {
      if (nameOf(event) !== 'TokenGranted') {
        sinceGrant.push(event);
        return [];
      }
      const before = granted;
      const between = sinceGrant;
      granted = event;
      sinceGrant = [];
      if (!before || between.some((one) => OUTCOMES.has(nameOf(one)))) return [];
      const decided = history.log
        .slice(before.position, event.position)
        .some((one) => one.upgradeid === event.upgradeid && BY_OPERATOR.has(nameOf(one)));
      return decided
        ? []
        : [`${lane} grants at ${event.position} though nothing ended the grant at ${before.position}`];
    });
  });

/** After a pause or an abort was answered nothing is granted until someone resumes. */
export const noGrantWhileHeld = ({ log }: History): Violations => {
  const held = new Map<string, number>();
  return log.flatMap((event) => {
    const upgrade = event.upgradeid;
    if (upgrade === undefined) return [];
    const name = nameOf(event);
    if (name === 'PauseRequested' || name === 'AbortRequested') held.set(upgrade, event.position);
    if (name === 'ResumeRequested' || name === 'RollbackRequested') held.delete(upgrade);
    const since = held.get(upgrade);
    return name === 'TokenGranted' && since !== undefined
      ? [`${event.id} is granted at ${event.position}, held since ${since}`]
      : [];
  });
};

/** INV-22: a stalled lane grants nothing before it is resumed. */
export const failureStalls = (history: History): Violations =>
  lanes(history).flatMap(([lane, events]) => {
    let stalled = false;
    return events.flatMap((event) => {
      const name = nameOf(event);
      if (name === 'LaneStalled') stalled = true;
      if (name === 'LaneResumed') stalled = false;
      return name === 'TokenGranted' && stalled ? [`${lane} grants at ${event.position} while it is stalled`] : [];
    });
  });

/** A node that was upgraded is not taken down again by the same upgrade, except to go back. */
export const upgradedOnce = (history: History): Violations =>
  lanes(history).flatMap(([lane, events]) => {
    const upgraded = new Set<unknown>();
    return events.flatMap((event) => {
      const { nodeId, outcome, direction } = event.data;
      if (nameOf(event) === 'TokenReturned' && outcome === 'upgraded') upgraded.add(nodeId);
      const again = nameOf(event) === 'TokenGranted' && direction === 'forward' && upgraded.has(nodeId);
      return again ? [`${lane} grants ${String(nodeId)} again at ${event.position}`] : [];
    });
  });

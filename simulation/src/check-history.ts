import { commandOnce, contiguous, streamVersions } from './checks/log.js';
import {
  bootsWhatWasStaged,
  downOnlyWithToken,
  effectOnce,
  neverTwoDown,
  passiveOnly,
  stagedBeforeActivated,
  statusIsFold,
} from './checks/machines.js';
import { relayComplete, relayOrder } from './checks/stream.js';
import {
  epochsRise,
  failureStalls,
  noGrantWhileHeld,
  noReleaseByTime,
  oneToken,
  upgradedOnce,
} from './checks/token.js';
import type { History } from './history.js';
import type { Violations } from './violations.js';

export interface Verdict {
  readonly invariant: string;
  readonly title: string;
  readonly violations: Violations;
}

type Check = readonly [invariant: string, title: string, check: (history: History) => Violations];

const CHECKS: readonly Check[] = [
  ['INV-1', 'positions are 1..N and the hash chain verifies', contiguous],
  ['INV-2', 'each stream is 1..k in position order', streamVersions],
  ['INV-5', 'a command was taken at most once', commandOnce],
  ['INV-7', 'message s of the stream carries position s, unchanged', relayOrder],
  ['INV-8', 'the stream is as long as the log', relayComplete],
  ['INV-10', 'the last status says what the log says', statusIsFold],
  ['INV-11', 'at most one token in a lane', oneToken],
  ['INV-12', 'epochs rise, and name one node and one digest', epochsRise],
  ['INV-13', 'no node went down without its token', downOnlyWithToken],
  ['INV-14', 'two nodes of a lane were never down together', neverTwoDown],
  ['INV-16', 'no grant without an outcome or a decision before it', noReleaseByTime],
  ['INV-16', 'no grant after an answered pause or abort', noGrantWhileHeld],
  ['INV-17', 'the active partition was never written', passiveOnly],
  ['INV-20', 'what was activated had been staged', stagedBeforeActivated],
  ['INV-20', 'what came up had been staged', bootsWhatWasStaged],
  ['INV-22', 'a stalled lane granted nothing', failureStalls],
  ['INV-24', 'an upgraded node was not taken down again', upgradedOnce],
  ['INV-24', 'an effect has one outcome in the journal', effectOnce],
];

/** Judges a run by what its parts recorded. Shares nothing with the services but the names of events. */
export const checkHistory = (history: History): readonly Verdict[] =>
  CHECKS.map(([invariant, title, check]) => ({ invariant, title, violations: check(history) }));

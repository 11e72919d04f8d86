import type { Direction, LaneEvent, LaneOpened, Request, RolloutEvent, Strategy } from '@baton/contracts';
import { given, type Given } from '@baton/testing';
import { rolloutStage } from '../src/rollout/stage.js';
import { asked, eventsOf, flatten, type History } from './lane-fixtures.js';
import { UPGRADE, happened } from './precheck-fixtures.js';

const onLane = <T extends LaneEvent['type']>(
  lane: string,
  type: T,
  data: Extract<LaneEvent, { readonly type: T }>['data'],
): Given => ({ stream: `lane-${UPGRADE}_${lane}`, type, data });

export const onWaves = <T extends RolloutEvent['type']>(
  type: T,
  data: Extract<RolloutEvent, { readonly type: T }>['data'],
): Given => ({ stream: `rollout-${UPGRADE}`, type, data });

/** A passed plan: waves, each with its lanes, each with its nodes. */
export const planned = (...waves: readonly Readonly<Record<string, readonly string[]>>[]): readonly Given[] => [
  ...waves.flatMap((lanes, index) =>
    Object.entries(lanes).map(([lane, nodes]) =>
      happened('LanePlanned', { run: 1, wave: index + 1, lane, part: 1, of: 1, nodes }),
    ),
  ),
  happened('PrecheckPassed', { run: 1, warnings: 0 }),
];

type Lanes = Readonly<Record<string, readonly string[]>>;

/** The same, with the names that the waves have in the strategy. */
export const plannedAs = (waves: Readonly<Record<string, Lanes>>): readonly Given[] => {
  const summary = {
    ...{ nodes: 0, seeds: [], skipped: [], from: '1.0.0', to: '1.1.0', disruption: 'some' },
    waves: Object.entries(waves).map(([name, lanes], index) => ({
      ...{ wave: index + 1, name, lanes: Object.keys(lanes).length, nodes: Object.values(lanes).flat().length },
    })),
  };
  const events = planned(...Object.values(waves));
  return events.toSpliced(-1, 0, happened('PlanMade', { run: 1, digest: 'd'.repeat(64), summary }));
};

export const staged = (left: readonly string[] = []): Given => ({
  stream: `staging-${UPGRADE}`,
  type: 'StagingCompleted',
  data: { staged: 4, left },
});

/** What happened in a lane, as far as the rollout cares. */
export const inLane = (lane: string, wave = 1, direction: Direction = 'forward') => ({
  opened: (...nodes: string[]): Given =>
    onLane(lane, 'LaneOpened', { lane, wave, direction, part: 1, of: 1, nodes, witnesses: [] }),
  granted: (nodeId: string, epoch: number): Given =>
    onLane(lane, 'TokenGranted', { nodeId, epoch, direction, attempt: 1, digest: '', at: 1000 }),
  drained: (nodeId: string, epoch: number, version = '1.0.0'): Given =>
    onLane(lane, 'HolderDrained', { nodeId, epoch, bootId: 'b', runId: 'r', version, at: 1000 }),
  returned: (nodeId: string, epoch: number, outcome: 'upgraded' | 'reverted' | 'retried' = 'upgraded'): Given =>
    onLane(lane, 'TokenReturned', { nodeId, epoch, outcome }),
  skipped: (nodeId: string, epoch?: number, version?: string): Given =>
    onLane(lane, 'HolderSkipped', { nodeId, epoch, reason: 'skipped', version }),
  evicted: (nodeId: string, epoch?: number): Given =>
    onLane(lane, 'HolderEvicted', { nodeId, epoch, confirmedDown: true, reason: 'gone' }),
  stalled: (nodeId: string, epoch: number): Given =>
    onLane(lane, 'LaneStalled', {
      ...{ nodeId, epoch, reason: 'silent', evidence: 'Gone.', precheckCouldHaveCaught: false, at: 1000 },
    }),
  resumed: (nodeId: string, epoch: number): Given => onLane(lane, 'LaneResumed', { nodeId, epoch, at: 1000 }),
  closed: (): Given => onLane(lane, 'LaneClosed', { lane, wave, direction, done: 0, skipped: [] }),
});

/** A rollout with this history, of an upgrade from 1.0.0 to 1.1.0. */
export const rollout = (...history: History) => {
  const flat = flatten(history);
  const isAsked = flat.some(({ type }) => type === 'UpgradeRequested');
  return given(rolloutStage, UPGRADE, isAsked ? flat : [asked(), ...flat]);
};

export type Rollout = ReturnType<typeof rollout>;

export const advance = (of: Rollout, now = 5000): readonly (RolloutEvent | LaneOpened)[] =>
  eventsOf(of.when({ type: 'Advance', now }));

/** What is recorded when everything that is due by then has come. */
export const passed = (of: Rollout, now: number): readonly (RolloutEvent | LaneOpened)[] =>
  of
    .due()
    .filter(({ at }) => at <= now)
    .flatMap(({ command }) => eventsOf(of.when({ ...command, now })));

export const scoped = (scope: Strategy['onFailure']['scope'], more: Partial<Request> = {}): Given =>
  asked({ onFailure: { scope } }, more);

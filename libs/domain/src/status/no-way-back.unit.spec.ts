import { shippedStrategy, type Given } from '@baton/testing';
import { happened, intended, release, request } from '../../test/precheck-fixtures.js';
import {
  checking,
  distributed,
  EPOCH,
  onLane,
  onRollout,
  rolloutStarted,
  staged,
  stalledAt,
  statusOf,
  turnOf,
} from '../../test/status-history.js';
import { parseStrategy } from '../strategies/parse-strategy.js';
import { legalOn } from './allowed.js';

const read = parseStrategy(shippedStrategy('aviatrix-platform'));
if ('errors' in read) throw new Error(read.errors.map(({ message }) => message).join('; '));
/** Its first wave leads; in the second one is somebody only where all go at once. */
const PLATFORM = read.strategy;
const [LEAD = '', REST = ''] = PLATFORM.waves.map(({ name }) => name);

const begun = (...waves: readonly (readonly [name: string, nodes: readonly string[]])[]): readonly Given[] => [
  intended('UpgradeRequested', request({ strategy: PLATFORM, release: release() })),
  ...checking(),
  ...waves.map(([lane, nodes], index) =>
    happened('LanePlanned', { run: 1, wave: index + 1, lane, part: 1, of: 1, nodes }),
  ),
  happened('PlanMade', {
    ...{ run: 1, digest: 'd'.repeat(64) },
    summary: {
      waves: waves.map(([name, { length }], index) => ({ wave: index + 1, name, lanes: 1, nodes: length })),
      ...{ nodes: 4, seeds: [], skipped: [], from: '1.0.0', to: '1.1.0', disruption: '' },
    },
  }),
  happened('PrecheckPassed', { run: 1, warnings: 0 }),
  ...distributed,
  ...staged,
  rolloutStarted,
];
const alone = begun([LEAD, ['n1']]);
const together = begun([LEAD, ['n1']], [REST, ['n2', 'n3']]);
const opened = (wave: number, lane: string, nodes: readonly string[]): readonly Given[] => [
  onRollout('WaveStarted', { wave, direction: 'forward', lanes: [lane] }),
  onLane(
    'LaneOpened',
    { lane, wave, direction: 'forward', part: 1, of: 1, nodes, witnesses: [], waveName: lane },
    lane,
  ),
];
const turn = turnOf('n1', EPOCH, 'forward', LEAD);
const granted = [...opened(1, LEAD, ['n1']), ...turn.slice(0, 4)];
const over: readonly Given[] = [
  ...[...opened(1, LEAD, ['n1']), ...turn],
  onLane('LaneClosed', { lane: LEAD, wave: 1, direction: 'forward', done: 1, skipped: [] }, LEAD),
  onRollout('WaveCompleted', { wave: 1, direction: 'forward' }),
];
const committed = onRollout('CommitPointReached', { wave: 1 });
const completed = [onRollout('RolloutCompleted', { skipped: [] }), intended('UpgradeCompleted', { skipped: [] })];

describe('the controller of a cloud network', () => {
  it.each<[when: string, history: readonly Given[]]>([
    ['before it has begun', alone],
    ['while it goes over', [...alone, ...granted]],
    ['while it goes over, with gateways from before 6.5 after it', [...together, ...granted]],
    ['while it is stalled', [...alone, ...granted, stalledAt('n1', EPOCH, LEAD)]],
    ['when it has gone over', [...alone, ...over]],
    ['when it has gone over and that is settled', [...alone, ...over, committed]],
    ['when its upgrade is completed', [...alone, ...over, committed, ...completed]],
  ])('does not go back %s, and nobody is offered that (X-19)', (_when, history) => {
    const status = statusOf(history);
    expect(status.rollback).toEqual({ possible: false, reason: expect.any(String) });
    expect(status.allowed).not.toContain('rollback');
    for (const part of [{}, { nodeId: 'n1' }, { lane: LEAD }, { wave: 1 }]) {
      expect(legalOn(status, 'rollback', part)).toMatchObject({ kind: 'illegal-command' });
    }
  });

  it('stays when gateways from before 6.5, which went with it, go back (X-19)', () => {
    const [first, ...others] = turnOf('n2', EPOCH, 'forward', REST);
    const status = statusOf(together, over, [committed], opened(2, REST, ['n2', 'n3']), [first, ...others]);
    expect(status.rollback).toMatchObject({ possible: true, waves: [2], reason: `these waves stay on 1.1.0: ${LEAD}` });
    expect(status.allowed).toContain('rollback');
  });
});

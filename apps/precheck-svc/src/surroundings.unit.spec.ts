import { recorded } from '@baton/testing';
import { leftoverTokens } from './surroundings.js';

const granted = (nodeId: string, epoch: number) => ({
  stream: 'lane-u1_main',
  type: 'TokenGranted',
  data: { nodeId, epoch, direction: 'forward', attempt: 1, digest: '', at: 0 },
});
const returned = (nodeId: string, epoch: number) => ({
  stream: 'lane-u1_main',
  type: 'TokenReturned',
  data: { nodeId, epoch, outcome: 'upgraded' },
});

describe('what the prechecks know of earlier upgrades', () => {
  it('N-23: finds a token that an earlier upgrade granted and nobody ended', () => {
    const lanes = recorded(
      [granted('n1', 1_000_001), returned('n1', 1_000_001), granted('n2', 1_000_002)],
      'demo',
      'u1',
    );
    expect(leftoverTokens(lanes, 'u2')).toEqual([{ lane: 'lane-u1_main', nodeId: 'n2', epoch: 1_000_002 }]);
  });

  it('does not count the tokens of the upgrade itself, nor those that were skipped or evicted', () => {
    const skipped = {
      stream: 'lane-u1_main',
      type: 'HolderSkipped',
      data: { nodeId: 'n2', epoch: 1_000_002, reason: '' },
    };
    const lanes = recorded([granted('n1', 1_000_001), granted('n2', 1_000_002), skipped], 'demo', 'u1');
    expect(leftoverTokens(lanes, 'u1')).toEqual([]);
    expect(leftoverTokens(lanes.slice(1), 'u2')).toEqual([]);
  });
});

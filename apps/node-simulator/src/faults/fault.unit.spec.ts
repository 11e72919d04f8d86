import { FAULTS, KINDS, MS, POINTS, parseFault, type Fault } from './fault.js';

const pairs = POINTS.flatMap((at) => KINDS.map((kind) => ({ at, kind })));
const isPossible = ({ at, kind }: Fault): boolean => FAULTS[at][kind] !== undefined;

describe('a fault that is asked for', () => {
  it.each(pairs.filter(isPossible))('is taken where it makes sense: $kind at $at', (fault) => {
    expect(parseFault(fault)).toMatchObject(fault);
  });

  it.each(pairs.filter((fault) => !isPossible(fault)))('is refused where it makes none: $kind at $at', (fault) => {
    const possible = Object.keys(FAULTS[fault.at]).join(', ');
    const detail = `is not possible at ${fault.at}; possible are ${possible}`;
    expect(parseFault(fault)).toEqual([{ field: 'kind', detail }]);
  });

  it('that takes time has its time shown when it was left out', () => {
    expect(parseFault({ at: 'boot', kind: 'slow' })).toEqual({ at: 'boot', kind: 'slow', ms: 1_000 });
    expect(parseFault({ at: 'boot', kind: 'slow', ms: 0, times: 2 })).toMatchObject({ ms: 0, times: 2 });
    expect(parseFault({ at: 'boot', kind: 'hang' })).toEqual({ at: 'boot', kind: 'hang' });
  });

  it.each(pairs.filter((fault) => isPossible(fault) && !MS[fault.kind]))(
    'has no ms where that says nothing: $kind at $at',
    ({ at, kind }) => {
      const detail = `says nothing about ${kind} at ${at}`;
      expect(parseFault({ at, kind, ms: 1 })).toEqual([{ field: 'ms', detail }]);
    },
  );

  it.each([
    ['heartbeat', 'unhealthy'],
    ['heartbeat', 'flap'],
    ['probe', 'unhealthy'],
  ])('is not counted where it is a state: %s %s', (at, kind) => {
    expect(parseFault({ at, kind, times: 1 })).toEqual([
      { field: 'times', detail: `cannot be counted for ${kind} at ${at}: it lasts until it is healed` },
    ]);
  });

  it.each([
    ['heartbeat', 'unhealthy'],
    ['probe', 'unhealthy'],
  ])('has no time where it is a state without a pace: %s %s', (at, kind) => {
    expect(parseFault({ at, kind, ms: 1 })).toMatchObject([{ field: 'ms' }]);
  });

  it.each([
    ['at', { kind: 'fail' }],
    ['at', { at: 'lunch', kind: 'fail' }],
    ['at', { at: 'constructor', kind: 'fail' }],
    ['at', { at: 7, kind: 'fail' }],
    ['kind', { at: 'boot' }],
    ['kind', { at: 'boot', kind: 'toString' }],
    ['kind', { at: 'boot', kind: ['fail'] }],
    ['times', { at: 'boot', kind: 'fail', times: 0 }],
    ['times', { at: 'boot', kind: 'fail', times: '3' }],
    ['times', { at: 'boot', kind: 'fail', times: 1.5 }],
    ['times', { at: 'boot', kind: 'fail', times: null }],
    ['times', { at: 'boot', kind: 'fail', times: 1e9 }],
    ['ms', { at: 'boot', kind: 'slow', ms: -1 }],
    ['ms', { at: 'boot', kind: 'slow', ms: 86_400_001 }],
    ['time', { at: 'boot', kind: 'fail', time: 3 }],
    ['', null],
    ['', []],
    ['', 'fail'],
  ])('is refused with the field that is wrong: %s in %j', (field, body) => {
    expect(parseFault(body)).toMatchObject([{ field }]);
  });

  it('is told all that is wrong with it at once', () => {
    const errors = parseFault({ at: 'lunch', kind: 'nap', times: 0, ms: 'long', who: 'me' });
    expect((errors as readonly { field: string }[]).map(({ field }) => field).sort()).toEqual([
      'at',
      'kind',
      'ms',
      'times',
      'who',
    ]);
  });
});

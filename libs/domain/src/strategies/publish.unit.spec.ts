import type { Recorded } from '@baton/kernel';
import { strategy } from '../../test/precheck-fixtures.js';
import { decidePublish, foldPublished, unpublished } from './publish.js';

const careful = strategy({ name: 'careful' });
const published = (version: number, data = careful): Recorded =>
  ({ stream: 'strategy-careful', version, type: 'StrategyPublished', data }) as Recorded;
const after = (...events: readonly Recorded[]) => events.reduce(foldPublished, unpublished);
const none: ReadonlySet<string> = new Set();

describe('a strategy', () => {
  it('is published, and again when it changed', () => {
    const event = { type: 'StrategyPublished', data: careful };
    expect(decidePublish(careful, unpublished, none)).toEqual({ events: [event] });
    const changed = strategy({ name: 'careful', seeds: 3 });
    expect(decidePublish(changed, after(published(1)), none)).toEqual({ events: [{ ...event, data: changed }] });
  });

  it('that stands already is not published once more', () => {
    expect(decidePublish(strategy({ name: 'careful' }), after(published(1)), none)).toEqual({ events: [] });
  });

  it('is known by its last version', () => {
    const changed = strategy({ name: 'careful', seeds: 3 });
    const known = after(published(1), published(2, changed));
    expect(known).toEqual({ status: 'published', version: 2, strategy: changed });
  });

  it('does not take the name of one from a file', () => {
    expect(decidePublish(careful, unpublished, new Set(['careful']))).toEqual({
      refused: { kind: 'strategy-shipped', message: expect.stringContaining('another name') },
    });
  });
});

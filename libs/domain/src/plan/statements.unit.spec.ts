import type { Release, WaveRule } from '@baton/contracts';
import { planOf, type Seen } from '../../test/plan-fixtures.js';
import { release as releaseOf } from '../../test/precheck-fixtures.js';

const all: readonly WaveRule[] = [{ name: 'all', lanes: 'one' }];
const summary = (seen: Readonly<Record<string, Seen>>, release: Partial<Release>, ...more: [object?]) =>
  planOf(seen, all, { release: releaseOf(release) }, ...more).summary;

const vpn: Seen = { services: ['openvpn'] };

describe('before it begins a plan says', () => {
  it('which services a release restarts, and where their users may go meanwhile (X-22)', () => {
    const restarting = { effects: { restarts: ['openvpn'] } };
    expect(summary({ n1: vpn, n2: vpn, n3: {} }, restarting).statements).toEqual([
      'Release 1.1.0 restarts openvpn: its users must connect again. It is on n1, n2: whoever is cut off may connect to another of them.',
    ]);
    expect(summary({ n1: vpn }, {}).statements).toEqual([]);
  });

  it('that all users of a service on one node wait until it is replaced, and of several may go to another (X-23)', () => {
    const replaced = (seen: Readonly<Record<string, Seen>>) => summary(seen, {}, { activation: 'replace' }).statements;
    expect(replaced({ n1: vpn })).toEqual([
      'openvpn ends on each node that is replaced: its users must connect again. It is on n1 only: all of them wait until that is back.',
    ]);
    expect(replaced({ n1: vpn, n2: vpn })?.join()).toContain('It is on n1, n2: whoever is cut off may connect');
  });

  it('that the traffic of pairs and groups is disrupted briefly whenever a node of them is replaced (X-27)', () => {
    const of = (group: string): Seen => ({ labels: { group, pair: `${group}-pair` } });
    const seen = { n1: of('red'), n2: of('red'), n3: { labels: { group: 'blue' } } };
    expect(summary(seen, { activation: 'replace' }).statements).toEqual([
      'pair red-pair: its traffic is disrupted briefly whenever one of n1, n2 is replaced.',
      'group red: its traffic is disrupted briefly whenever one of n1, n2 is replaced.',
    ]);
    expect(summary(seen, { activation: 'restart' }).statements).toEqual([]);
  });

  it('the notes of the release, and the software that is to be upgraded along with it (V-31, X-28)', () => {
    const companions = ['ansible-modules 1.1', 'openstack-driver 1.1'];
    const notes = 'https://example.com/notes/1.1.0';
    expect(summary({ n1: {} }, { notes, companions })).toMatchObject({ notes, companions });
  });

  it('how long it takes, and what may go back until when', () => {
    const waves: readonly WaveRule[] = [
      { name: 'first', select: { role: 'a' }, lanes: 'one', commitPoint: true },
      { name: 'second', lanes: 'one' },
    ];
    const seen = { n1: { labels: { role: 'a' } }, n2: {} };
    const rollback = { waves: ['second'], withinMs: 1000 };
    expect(planOf(seen, waves, {}, { rollback }).summary).toMatchObject({
      expectedMs: 180_000 + 2 * 110_000,
      rollback: { possible: true, waves: [2], commitPoints: [1], withinMs: 1000 },
    });
    // as of a controller whose followers go by an upgrade of their own.
    expect(planOf({ n1: { labels: { role: 'a' } } }, waves, {}, { rollback }).summary.rollback).toEqual({
      ...{
        possible: false,
        waves: [],
        commitPoints: [1],
        why: 'Strategy one-by-one lets none of these waves go back.',
      },
    });
    expect(summary({ n1: {} }, { oneWay: true })).toMatchObject({
      statements: ['Release 1.1.0 gives up the way back: what went over to it does not go back.'],
      rollback: { possible: false, waves: [], why: 'Release 1.1.0 gives up the way back.' },
    });
  });

  it('whether clients notice the release, where it says', () => {
    const of = (disruptive: boolean) => summary({ n1: {} }, { effects: { disruptive } }).statements;
    expect([of(true), of(false)]).toEqual([
      ['Release 1.1.0 says that clients notice it.'],
      ['Release 1.1.0 says that clients do not notice it.'],
    ]);
  });

  it('which hosts are in no plan, and that no gate is shown for them', () => {
    const { statements = [] } = planOf({ n1: {} }, all, { hostGroups: ['edge', 'default'] }).summary;
    expect(statements).toEqual([
      expect.stringMatching(/^Hosts of edge, default take slots .* No gate is shown for them/),
    ]);
  });
});

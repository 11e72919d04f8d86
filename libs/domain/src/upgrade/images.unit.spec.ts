import type { ImageRow, Membership, Strategy } from '@baton/contracts';
import { recorded } from '@baton/testing';
import { release, strategy as strategyOf } from '../../test/precheck-fixtures.js';
import { foldCluster, noCluster } from '../cluster/cluster.js';
import { decideRequest } from './request.js';

const node = (nodeId: string, role: string, software: string, before?: string): Membership => ({
  ...{ clusterId: 'demo', nodeId, url: 'http://127.0.0.1:9001', bootId: 'b-1', active: 'A', failureDomain: 'rack-1' },
  partitions: {
    A: { version: software, state: 'good', ran: { software, image: '20.4.1' } },
    B: before === undefined ? { state: 'empty' } : { version: before, state: 'good', ran: { software: before } },
  },
  ...{ layers: { software, image: '20.4.1' }, labels: { role } },
});
const MEMBERS = [
  node('c1', 'controller', '6.5.750', '6.5.250'),
  node('g1', 'gateway', '6.5.250'),
  node('g2', 'gateway', '6.5.750', '6.5.250'),
];
const ROWS: readonly ImageRow[] = [
  { software: '6.5', image: '22.4.1', since: '2026-01-01' },
  { software: '6.5.250', image: '20.4.1', since: '2026-01-01' },
];
const cluster = recorded([{ stream: 'cluster-demo', type: 'ClusterCreated', data: { clusterId: 'demo' } }]).reduce(
  foldCluster,
  noCluster,
);
const catalogue = [
  ...['6.5.250', '6.5.750'].map((version) => release({ version })),
  release({ version: '22.4.1', layer: 'image', kind: 'image' }),
].map((one) => ({ status: 'uploaded' as const, release: one }));

const ask = (over: Partial<Strategy>, rows = ROWS) => {
  const images = {
    table: { name: 'matrix', kind: 'images', title: '', source: '', rows },
    today: '2026-06-15',
  } as const;
  const strategy = strategyOf({ images: 'matrix', nodes: { select: { role: 'gateway' }, choose: true }, ...over });
  const asked = { strategy, images, dryRun: false, force: false, disruptive: false };
  return decideRequest(
    { upgradeId: 'u2', clusterId: 'demo', ...asked },
    { cluster, members: MEMBERS, catalogue, checks: [] },
  );
};
const leader = { role: 'controller' };

describe('a request by a strategy with a table of images', () => {
  it('keeps what the table says today of all software that nodes run, ran, and will run (X-43)', () => {
    expect(ask({ versions: { target: 'leader', leader } })).toMatchObject({
      events: [{ data: { to: '6.5.750', images: { '6.5.250': '20.4.1', '6.5.750': '22.4.1' } } }, {}],
    });
  });

  it('keeps the image of what it goes back to (X-44)', () => {
    expect(ask({ versions: { target: 'leader-previous', leader } })).toMatchObject({
      events: [{ data: { to: '6.5.250', images: { '6.5.250': '20.4.1' } } }, {}],
    });
  });
});

describe('a request for images', () => {
  const ofImages = { layer: 'image', versions: { target: 'leader', leader } } as const;

  it('goes to the image that goes with what the leaders run (X-39, X-43)', () => {
    expect(ask(ofImages)).toMatchObject({ events: [{ data: { from: '20.4.1', to: '22.4.1' } }, {}] });
  });

  it('is refused when the table does not know what the leaders run', () => {
    expect(ask(ofImages, ROWS.slice(1))).toEqual({
      refused: {
        kind: 'unknown-version',
        message: 'Table matrix names no image for 6.5.750, which the leaders run. Add a row to it.',
      },
    });
  });
});

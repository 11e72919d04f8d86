import { ACTIVATIONS, LAYERS } from '@baton/contracts';
import { FRONT_SHAPES } from '../fronts/front-shapes.js';
import { count, flag, list, mapOf, object, oneOf, pageOf, text, time, type Shape } from './shape.js';
import { STRATEGY_SHAPES } from './strategy-shapes.js';
import { UPGRADE_SHAPES, effects, partitions } from './upgrade-shapes.js';

const fieldError = object({
  'pointer?': text('Of a field of the body (RFC 6901)'),
  'parameter?': text('Of the path, the query or the headers'),
  'line?': count('Of a body in YAML, from 1'),
  detail: text(),
});

const layerVersions = object({
  current: text('Runs now'),
  'previous?': text('Is whole in the other partition, from before'),
  'target?': text('Where the running upgrade takes the node'),
  'path?': text('The way of the running upgrade, all its hops'),
  rollback: flag('A rollback of the last upgrade would take the node back to `previous`'),
});

const workload = object({ name: text(), 'ha?': text('How it is kept available'), 'protocols?': list(text()) });

const health = object({
  state: oneOf(['healthy', 'unhealthy', 'silent', 'unknown']),
  'seen?': time('Of the last heartbeat; absent: none since the gateway started'),
});

const filled = object({ generation: count(), position: count('Up to here the log is folded into it') });

/** Every answer that is more than the position of a write, by name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  ...UPGRADE_SHAPES,
  ...STRATEGY_SHAPES,
  ...FRONT_SHAPES,
  Cluster: object({
    clusterId: text(),
    'title?': text(),
    config: { type: 'object', additionalProperties: true },
    'active?': object(
      { upgradeId: text(), upgradeNo: count(), since: time(), by: text() },
      'The upgrade that it is frozen for',
    ),
    quarantined: mapOf(text(), 'Releases not to be taken again: why, by version'),
    slots: list(
      object({ group: text(), id: text(), since: time(), position: count('Of the event that says so') }),
      'Hosts that are no nodes and may reboot: while there is one no upgrade begins',
    ),
    nodes: count('How many are members now'),
    'stuck?': object(
      {
        what: text('A sentence with the nodes, the versions and the way out'),
        offers: list(object({ to: text(), strategy: text() }), 'It may be retargeted to these, the newest first'),
      },
      'No legal way leads on. Only when one cluster is asked for',
    ),
  }),
  BackupList: object({
    items: list(
      object({
        ...{ backupId: text(), position: count(), takenAt: time(), by: text() },
        'upgradeId?': text('The upgrade that it was taken for'),
        'reason?': text(),
        config: { type: 'object', additionalProperties: true },
      }),
    ),
  }),
  Node: object({
    ...{ nodeId: text(), status: oneOf(['member', 'evicted']), url: text(), bootId: text() },
    active: oneOf(['A', 'B']),
    partitions,
    layers: mapOf(layerVersions, 'By layer'),
    'images?': object(
      {
        'target?': text('Goes with the software that the running upgrade takes the node to'),
        'rollback?': text('Goes with the software that is whole in the other partition'),
      },
      'By the table of images of the last upgrade',
    ),
    failureDomain: text(),
    labels: mapOf(text()),
    'workloads?': list(workload, 'What it serves'),
    health,
  }),
  Release: object({
    ...{ version: text(), layer: oneOf(LAYERS), kind: text(), sha256: text(), size: count(), uploaded: flag() },
    ...{ 'minCompatible?': text(), 'image?': text(), 'hypervisors?': list(text()) },
    ...{ 'activation?': oneOf(ACTIVATIONS), 'notes?': text(), 'companions?': list(text()) },
    ...{ 'effects?': effects, 'oneWay?': flag('It gives up the way back') },
  }),
  Event: object({
    ...{ position: count(), stream: text(), version: count(), type: text() },
    data: { type: 'object', additionalProperties: true, description: 'As docs/events.md says by type' },
    ...{ cluster: text('`-` for releases'), 'upgrade?': text() },
    meta: object({ actor: text(), correlationId: text(), causationId: text(), commandId: text() }),
    recordedAt: time(),
    hash: text('sha256 over the hash before it, its position and its contents'),
  }),
  Projections: object({
    head: count('The last position of the log'),
    'serving?': { ...filled, description: 'Absent: none serve yet' },
    'filling?': { ...filled, description: 'Will serve when they have seen as much' },
  }),
  Alive: object({ alive: flag() }),
  Ready: object({ ready: flag(), checks: mapOf(text(), 'By dependency: ok, or what is missing') }),
  Problem: {
    ...object({
      type: text('Stable, for machines'),
      ...{ title: text(), status: count() },
      detail: text('For people: what happened and what to do'),
      'instance?': text(),
      'errors?': list(fieldError),
    }),
    additionalProperties: true,
  },
  ClusterPage: pageOf('Cluster'),
  NodePage: pageOf('Node'),
  ReleasePage: pageOf('Release'),
  UpgradePage: pageOf('UpgradeStatus'),
  EventPage: pageOf('Event'),
};

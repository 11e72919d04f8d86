import { askConfirm, askNode, connectBus, listParked, type Bus } from '@baton/bus';
import {
  commandSubject,
  confirmSubject,
  heartbeatSubject,
  reportSubject,
  STAGE_NAMES,
  type Answer,
  type NodeCommand,
  type Verb,
} from '@baton/contracts';
import { eventually } from '@baton/testing';
import { jetstream } from '@nats-io/jetstream';
import { call, NEW, NEXT, System, Trial, WITHIN_MS } from './support/index.js';

const LAB = 'lab';
const KINDS = [...STAGE_NAMES, 'membership'] as const;

/** What nobody can read, or nobody may say. */
const GARBAGE = [
  '',
  'not JSON',
  '[]',
  'null',
  '{}',
  '{"__proto__":{"clusterId":"lab"}}',
  `{"clusterId":"${LAB}","nodeId":"n2"}`,
  `{"clusterId":"a.b","nodeId":">","verb":"activate","attempt":1e300}`,
  JSON.stringify({ clusterId: LAB, nodeId: 'n1', text: 'x'.repeat(500_000) }),
];

let system: System;
let bus: Bus;
beforeAll(async () => {
  system = await System.start({ clusters: `${LAB}:3` });
  await system.api.cluster(LAB, 3);
  for (const version of [NEW, NEXT]) await system.api.release(version);
  bus = await connectBus({ servers: system.stack.natsUrl, name: 'strangers' });
}, 2 * WITHIN_MS);
afterAll(async () => {
  await bus?.close();
  await system?.stop();
}, WITHIN_MS);

const report = async (nodeId: string, kind: (typeof KINDS)[number], body: string): Promise<void> => {
  await jetstream(bus.nc).publish(reportSubject(LAB, nodeId, kind, 'inspect'), body);
};

/** A message that is parked behind all that this node reported before it. */
const parksBehind = async (nodeId: string, kind: (typeof KINDS)[number]): Promise<void> => {
  const subject = reportSubject(LAB, nodeId, kind, 'last');
  await jetstream(bus.nc).publish(subject, 'the last one');
  const isParked = async () => (await listParked(bus.nc)).some((parked) => parked.subject === subject);
  await eventually(`${subject} is parked`, isParked, WITHIN_MS);
};

const commandTo = (nodeId: string, verb: Verb, more: Partial<NodeCommand>): NodeCommand => ({
  ...{ clusterId: LAB, nodeId, verb, stage: 'rollout', upgradeId: 'u1', upgradeNo: 1, instance: 'u1_main' },
  ...{ attempt: 9, args: {}, ...more },
});

const inspect = async (nodeId: string): Promise<Answer> => {
  const answer = await askNode(bus, commandTo(nodeId, 'inspect', {}));
  if (!answer) throw new Error(`${nodeId} does not answer`);
  return answer;
};

const logOfLab = () => system.api.events(`?cluster=${LAB}`);

describe('while a node holds the token', () => {
  let trial: Trial;
  let epoch: number;
  beforeAll(async () => {
    trial = await Trial.start(system, LAB, { n2: { at: 'boot', kind: 'hang' } }, { strategy: 'patient' });
    epoch = ((await trial.seen('HolderActivated', 'n2')).data as { epoch: number }).epoch;
  }, WITHIN_MS);

  it(
    'garbage on every subject is parked or dropped, changes nothing and ends no service',
    async () => {
      const before = await logOfLab();
      for (const text of GARBAGE) {
        for (const kind of KINDS) await report('n1', kind, text);
        bus.nc.publish(heartbeatSubject(LAB, 'n1'), text);
        bus.nc.publish(commandSubject(LAB, 'n1', 'activate'), text);
        bus.nc.publish(confirmSubject(LAB, 'n1'), text);
      }
      for (const kind of KINDS) await parksBehind('n1', kind);
      expect((await inspect('n1')).status).toBe('done');
      expect(await logOfLab()).toEqual(before);
      expect(await call('GET', `${system.stack.gatewayUrl}/readyz`)).toMatchObject({ status: 200 });
    },
    WITHIN_MS,
  );

  it(
    'a report that is not of this turn changes nothing: of a stranger, of another node, of an old epoch or upgrade (INV-15)',
    async () => {
      const { outcome, ...answer } = await inspect('n1');
      const facts = { ...outcome?.facts, nodeId: 'n2', bootId: 'b-new', layers: { software: NEW } };
      const { upgradeId } = trial;
      const [upgradeNo, attempt] = [1, 1];
      const whole = { ...answer, nodeId: 'n2', upgradeId, upgradeNo, attempt, epoch, instance: `${upgradeId}_main` };
      const strange = [
        { ...whole, nodeId: 'n9' },
        { ...whole, nodeId: 'n3' },
        { ...whole, epoch: epoch - 1 },
        { ...whole, epoch: epoch - 1_000_000, upgradeNo: 0 },
        { ...whole, upgradeNo: 0 },
        { ...whole, upgradeId: 'u1' },
        { ...whole, attempt: 7 },
        { ...whole, instance: 'u1_main' },
        { ...whole, instance: upgradeId },
        { ...whole, epoch: undefined },
      ];
      const before = await logOfLab();
      for (const one of strange) {
        await report(one.nodeId, 'rollout', JSON.stringify({ ...one, outcome: { ...outcome, facts } }));
      }
      for (const nodeId of ['n2', 'n3', 'n9']) await parksBehind(nodeId, 'rollout');
      expect(await logOfLab()).toEqual(before);
    },
    WITHIN_MS,
  );

  it(
    'nobody but the holder is confirmed, and only with its epoch (INV-13)',
    async () => {
      const ask = { clusterId: LAB, upgradeId: trial.upgradeId, instance: `${trial.upgradeId}_main` };
      for (const turn of [
        { ...ask, nodeId: 'n1', epoch },
        { ...ask, nodeId: 'n3', epoch },
        { ...ask, nodeId: 'n2', epoch: epoch - 1 },
        { ...ask, nodeId: 'n2', epoch: epoch + 1 },
        { ...ask, nodeId: 'n2', epoch, instance: 'u1_main' },
      ]) {
        expect(await askConfirm(bus, turn)).toMatchObject({ confirmed: false });
      }
    },
    WITHIN_MS,
  );

  it(
    'and the upgrade goes on to its end as if nothing had been said',
    async () => {
      await trial.heal('n2');
      await trial.completes();
      await trial.again();
    },
    2 * WITHIN_MS,
  );
});

describe('a command of another time, sent straight to a node', () => {
  const STALE: readonly (readonly [what: string, Verb, Partial<NodeCommand>, reason: string])[] = [
    ['stage of an older upgrade', 'stage', { stage: 'staging' }, 'stale-upgrade'],
    ['stage after the token was granted', 'stage', { stage: 'staging', upgradeNo: 2 }, 'stale-stage'],
    ...(['activate', 'revert', 'finalize'] as const).flatMap((verb) => [
      [`${verb} of an older upgrade`, verb, { epoch: 1_000_001 }, 'stale-upgrade'] as const,
      [`${verb} with an older epoch`, verb, { upgradeNo: 2, epoch: 1_999_999 }, 'stale-epoch'] as const,
      [`${verb} without an epoch`, verb, { upgradeNo: 2 }, 'epoch-missing'] as const,
    ]),
  ];

  /** All that a command could change. */
  const whole = async () => {
    const { facts } = (await inspect('n3')).outcome ?? {};
    return { ...facts, healthyForMs: 0, upForMs: 0, freeBytes: 0 };
  };

  it.each(STALE)('%s is refused and changes nothing (INV-15)', async (_what, verb, more, reason) => {
    const before = await whole();
    expect(await askNode(bus, commandTo('n3', verb, more))).toMatchObject({ status: 'refused', reason });
    expect(await whole()).toEqual(before);
  });

  it(
    'revert with an epoch that was never granted: nobody confirms it, and the node does not go down (INV-13)',
    async () => {
      const before = await whole();
      const command = commandTo('n3', 'revert', { upgradeNo: 2, epoch: 2_000_099, instance: 'u1_main' });
      const isOver = async () => (await askNode(bus, command))?.status === 'failed';
      await eventually('the order has failed', isOver, WITHIN_MS);
      expect(await askNode(bus, command)).toMatchObject({ reason: 'not-confirmed' });
      expect(await whole()).toEqual({ ...before, epoch: 2_000_099 });
    },
    WITHIN_MS,
  );
});

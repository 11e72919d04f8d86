import { FAILURE_ACTIONS, type LaneEvent, type OnFailure, type OperatorCommand, type Strategy } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import fc from 'fast-check';
import { LANES, ToyCluster, WAVES, asLaneEvent, laneOf } from '../../test/toy-cluster.js';
import { NEW, OLD, type Fault } from '../../test/toy-node.js';
import { staysIn, waveRules, wavesHold } from '../../test/wave-rules-hold.js';
import { foldIntent, laneBackAt, nodeBackAt, noIntent, type Intent } from '../upgrade/intent.js';

/** Only these end a token. */
const isEnd = (event: Recorded): boolean =>
  event.type === 'TokenReturned' ||
  ((event.type === 'HolderSkipped' || event.type === 'HolderEvicted') &&
    (event.data as { epoch?: number }).epoch !== undefined);

const OPERATOR = /^(Resume|Retry|Skip|Evict|Rollback|Abort|Retarget)Requested$/;

/** What must hold after every single event, judged from the log and from the nodes alone. */
const holds = (log: readonly Recorded[], event: Recorded, cluster: ToyCluster, rules: Partial<Strategy>): void => {
  wavesHold(log, event, rules);
  if (laneOf(event) === undefined) return cameToItsEnd(log, event, cluster, rules);
  const own = log.filter(({ stream }) => stream === event.stream);
  const live = own.filter(({ type }) => type === 'TokenGranted').length - own.filter(isEnd).length;
  expect([0, 1]).toContain(live);
  const intent = log.filter(({ stream }) => stream.startsWith('upgrade-')).reduce(foldIntent, noIntent);
  if (event.type === 'TokenGranted') mayBeGranted(own.map(asLaneEvent), intent, cluster);
  if (event.type === 'LaneResumed') mayBeResumed(log, own.map(asLaneEvent), intent);
  if (event.type === 'HolderStable') isTrulyStable(own.map(asLaneEvent), cluster);
};

/** What the lane takes for evidence is compared with the node itself. */
const isTrulyStable = (own: readonly (Recorded & LaneEvent)[], cluster: ToyCluster): void => {
  const { nodeId, direction } = own.findLast((event) => event.type === 'TokenGranted')!.data;
  const { phase, version, isWell } = cluster.nodes.get(nodeId)!;
  expect({ phase, version, isWell }).toEqual({ phase: 'up', version: direction === 'back' ? OLD : NEW, isWell: true });
};

/** At the end of each way every node runs what it should, unless the event names it or it is gone. */
const cameToItsEnd = (
  log: readonly Recorded[],
  { type, data }: Recorded,
  cluster: ToyCluster,
  rules: Partial<Strategy>,
): void => {
  if (type !== 'RolloutCompleted' && type !== 'RollbackCompleted') return;
  const { skipped } = data as { readonly skipped: readonly string[] };
  const named = (request: string) => log.filter((one) => one.type === request).map((one) => (one.data as Named).nodeId);
  const gone = named('EvictRequested');
  // Nobody stays behind whom no operator and no rule left behind, or sent back.
  const acted = log.filter((one) => (one.data as { action?: string }).action).map((one) => (one.data as Named).nodeId);
  const back = backOf(log);
  const isLeft = (nodeId: string): boolean => {
    const [wave, lane] = placeOf(nodeId);
    if (type === 'RollbackCompleted' && staysIn(log, rules, wave)) return true;
    return back.nodes[nodeId] !== undefined || back.lanes[lane] !== undefined || isPastEnd(back, wave);
  };
  const meant = [...named('SkipRequested'), ...gone, ...acted];
  expect(skipped.filter((nodeId) => !meant.includes(nodeId) && !isLeft(nodeId))).toEqual([]);
  const nodes = [...cluster.nodes.values()].filter(({ nodeId }) => !skipped.includes(nodeId) && !gone.includes(nodeId));
  const wrong = nodes.filter(({ version }) => version !== (type === 'RolloutCompleted' ? NEW : OLD));
  expect(wrong.map(({ nodeId }) => nodeId)).toEqual([]);
};

type Named = { readonly nodeId: string };

const backOf = (log: readonly Recorded[]): Intent['turnedBack'] =>
  log.filter(({ stream }) => stream.startsWith('upgrade-')).reduce(foldIntent, noIntent).turnedBack;

/** A wave that went back by itself is the last one that went. */
const isPastEnd = ({ waves }: Intent['turnedBack'], wave: number): boolean =>
  Object.keys(waves).some((last) => wave >= Number(last));

const placeOf = (nodeId: string): readonly [number, string] => {
  const [lane = ''] = Object.entries(LANES).find(([, nodes]) => nodes.includes(nodeId)) ?? [];
  return [WAVES.findIndex((lanes) => lane in lanes) + 1, lane];
};

const mayBeGranted = (own: readonly (Recorded & LaneEvent)[], intent: Intent, cluster: ToyCluster): void => {
  const grants = own.flatMap((event) => (event.type === 'TokenGranted' ? [event.data] : []));
  const epochs = grants.map(({ epoch }) => epoch);
  expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
  expect(intent).toMatchObject({ paused: false, abortAt: 0 });
  const { nodeId, direction } = grants.at(-1)!;
  const [wave, lane] = placeOf(nodeId);
  if (laneBackAt(intent, lane, wave) > 0) expect(direction).toBe('back');
  // Back only what somebody, or the rule for its failure, sent back.
  const stalls = own.flatMap((event) => (event.type === 'LaneStalled' ? [event.data] : []));
  const isSentBack = stalls.some((stall) => stall.nodeId === nodeId && stall.action === 'roll-back-node');
  if (nodeBackAt(intent, lane, wave, nodeId) === 0 && !isSentBack) expect(direction).toBe('forward');
  expect(own.findLast(({ type }) => type === 'LaneStalled' || type === 'LaneResumed')?.type).not.toBe('LaneStalled');
  // Nobody else of the lane is down, or bound to go down.
  const others = LANES[laneOf(own[0]!)!]!.filter((other) => other !== nodeId);
  const phases = others.map((other) => cluster.nodes.get(other)!.phase);
  expect(phases.filter((phase) => phase === 'down' || phase === 'confirmed')).toEqual([]);
};

const mayBeResumed = (log: readonly Recorded[], own: readonly (Recorded & LaneEvent)[], intent: Intent): void => {
  const stall = own.findLast((event) => event.type === 'LaneStalled')!;
  const grant = own.findLast((event) => event.type === 'TokenGranted');
  const word = log.findLast(({ type }) => OPERATOR.test(type))?.position ?? 0;
  // What was asked for before a holder failed may mean that holder too.
  const { nodeId, action } = stall.data;
  const [wave, lane] = placeOf(nodeId);
  const isTurnedBack = nodeBackAt(intent, lane, wave, nodeId) > 0 && grant?.data.direction === 'forward';
  // Once only, and never on the way back.
  if (action) expect(grant?.data.direction).toBe('forward');
  if (action === 'skip' || action === 'roll-back-node') return;
  const isMeant = isTurnedBack || intent.abortAt > 0 || intent.evicted[stall.data.nodeId] !== undefined;
  if (!isMeant) expect(word).toBeGreaterThan(stall.position);
};

interface Action {
  readonly kind: 'send' | 'move' | 'replay' | 'wait' | 'operate' | 'kill';
  readonly pick: number;
  readonly fault: Fault;
  readonly command: OperatorCommand;
}

const onFailure = fc.record<OnFailure>({
  scope: fc.constantFrom('lane' as const, 'wave' as const, 'upgrade' as const),
  action: fc.constantFrom(...FAILURE_ACTIONS),
});

const actions = fc.array(
  fc.record<Action>({
    kind: fc.oneof(
      { weight: 50, arbitrary: fc.constant('send' as const) },
      { weight: 25, arbitrary: fc.constant('move' as const) },
      { weight: 5, arbitrary: fc.constant('replay' as const) },
      { weight: 5, arbitrary: fc.constant('wait' as const) },
      { weight: 5, arbitrary: fc.constant('operate' as const) },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    ),
    pick: fc.nat(10_000),
    fault: fc.oneof(
      { weight: 20, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom<Fault[]>('fail', 'fall-back', 'sick', 'reboot-again') },
    ),
    command: fc.constantFrom<OperatorCommand[]>(
      ...([
        'pause',
        'resume',
        'resume',
        'retry',
        'retry',
        'skip',
        'evict',
        'rollback',
        'abort',
        'retarget',
        'approve',
        'approve',
      ] as const),
    ),
  }),
  { minLength: 20, maxLength: 250 },
);

const picked = <T>(items: readonly T[], pick: number): T | undefined => items[pick % items.length];

const isOfAPart = ({ type, data }: Recorded): boolean =>
  type === 'RollbackRequested' && ['nodeId', 'lane', 'wave'].some((part) => part in (data as object));

/** Requests are recorded only where they are legal, as the gateway sees to. */
const operate = (cluster: ToyCluster, { command, pick }: Action): void => {
  const asked = (type: string): boolean => cluster.log.some((event) => event.type === type && !isOfAPart(event));
  if (cluster.end === 'RolloutAborted' || cluster.end === 'RollbackCompleted') return;
  const isOver =
    asked('AbortRequested') || asked('RetargetRequested') || (command === 'rollback' && asked('RollbackRequested'));
  if (command === 'approve') return cluster.approve();
  if (command === 'retarget' && !cluster.status.allowed.includes(command)) return;
  if (isOver || (cluster.end !== undefined && command !== 'rollback')) return;
  if (command === 'rollback' && pick % 4 !== 0) return cluster.rollBackPart(pick);
  if (command === 'rollback' && !cluster.status.rollback.possible) return;
  cluster.ask(command, picked([...cluster.stalledHolders, ...cluster.nodes.keys()], pick)!);
};

const act = (cluster: ToyCluster, action: Action): void => {
  const { kind, pick, fault } = action;
  const node = picked(
    [...cluster.nodes.values()].filter(({ phase }) => kind === 'kill' || phase !== 'up'),
    pick,
  );
  switch (kind) {
    case 'send': {
      const one = picked(cluster.asks(), pick);
      return one && cluster.send(one, fault);
    }
    case 'move':
      return node && cluster.move(node, fault);
    case 'replay': {
      const old = picked(cluster.heard, pick);
      return old && cluster.tell(old.instance, { type: 'NodeAnswered', answer: old.answer });
    }
    case 'wait':
      return cluster.wait(pick % 4 === 0 ? pick * 10 : pick);
    case 'operate':
      return operate(cluster, action);
    case 'kill':
      if (node) node.phase = 'dead';
      return;
  }
};

/** Everything works again, until nothing has happened for longer than any deadline. */
const calm = (cluster: ToyCluster): void => {
  for (let quiet = 0; quiet < 60; quiet += 1) {
    const { length } = cluster.log;
    for (const node of cluster.nodes.values()) {
      node.heal();
      if (node.phase !== 'dead') cluster.move(node, 'none');
    }
    for (const one of cluster.asks()) cluster.send(one, 'none');
    cluster.wait(2000);
    // Nobody is asked anything: only the clock can bring more.
    if (cluster.asks().length === 0) cluster.waitForDue();
    if (cluster.log.length > length) quiet = 0;
  }
};

const OF_WAVES = [
  ...['WaveContinued', 'WaveSettling', 'NodeFormed', 'WaveStalled', 'WaveResumed', 'CommitPointReached'],
  ...['ApprovalAwaited', 'ApprovalGiven', 'WindowAwaited'],
];

describe('rollout and lanes over toy nodes that fail, fall silent, repeat themselves and are operated on', () => {
  it('N-13 N-15 INV-11 INV-12 INV-14 INV-15 INV-16 INV-22 INV-23 INV-24 INV-26 keep one token a lane and come to an end', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(onFailure, waveRules, actions, (rule, waves, todo) => {
        const rules = { onFailure: rule, ...waves };
        const cluster = new ToyCluster(rules, (log, event, of) => holds(log, event, of, rules));
        for (const action of todo) act(cluster, action);
        expect(cluster.refolded()).not.toContain(false);

        calm(cluster);
        const isPaused = cluster.log.findLast(
          (event) => !isOfAPart(event) && /^(Pause|Resume|Rollback|Abort)Requested$/.test(event.type),
        );
        const waits = cluster.status.blockedBy.find(({ unblock }) => unblock.length > 0);
        const rests =
          cluster.end ?? cluster.stalledHolders[0] ?? waits ?? (isPaused?.type === 'PauseRequested' || undefined);
        expect(rests).toBeDefined();
        const { length } = cluster.log;
        cluster.wait(90 * 86_400_000);
        cluster.advance();
        expect(cluster.log).toHaveLength(length);

        for (let round = 0; round < 20 && cluster.end === undefined; round += 1) {
          const [stuck] = cluster.stalledHolders;
          const isDead = stuck !== undefined && cluster.nodes.get(stuck)?.phase === 'dead';
          for (const [nodeId, { phase }] of cluster.nodes) if (phase === 'dead') cluster.ask('evict', nodeId);
          if (stuck && !isDead) cluster.ask('retry', stuck);
          cluster.ask('resume', '');
          cluster.approve();
          calm(cluster);
        }
        expect(cluster.end).toBeDefined();
        for (const { type } of cluster.log) seen.add(type);
      }),
      { numRuns: 200 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(OF_WAVES));
  });
});

import { given, recorded, type Given } from '@baton/testing';
import { intended, release, request, strategy, requested, UPGRADE } from '../../test/precheck-fixtures.js';
import {
  T0,
  answerTo,
  checked,
  distributed,
  seedStored,
  storyOf,
  typesOf,
  written,
} from '../../test/transfer-fixtures.js';
import { stagingStage } from './stage.js';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const advance = { type: 'Advance' } as const;
const COMPLETED = distributed('DistributionCompleted', { seeds: ['n1', 'n2'] });
const SEEDED = [seedStored('n1'), seedStored('n2'), COMPLETED];
const seedLost = (nodeId: string) => distributed('SeedLost', { nodeId, reason: 'silent', evidence: '' });
const evicted = (nodeId: string) => intended('EvictRequested', { nodeId, confirmedDown: true });
const skipped = (nodeId: string) => intended('SkipRequested', { nodeId });

const storyWith = (...more: readonly Given[]) => {
  const story = storyOf(stagingStage, [...checked(NODES), ...SEEDED, ...more]);
  story.tell(advance);
  return story;
};
const begun = () => storyWith();
/** Many nodes and narrow sources: not all may stage at once. */
const narrow = (count: number, perSource: number) => {
  const nodes = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const staging = { perSource, attemptsMax: 3 };
  const start = requested({ strategy: strategy({ staging }) });
  const story = storyOf(stagingStage, [start, ...checked(nodes).slice(1), ...SEEDED]);
  story.tell(advance);
  return story;
};
const failThrice = (story: ReturnType<typeof begun>, nodeId: string, reason?: string): void => {
  for (let attempt = 1; attempt <= 3; attempt += 1) story.answer(nodeId, { status: 'failed', reason });
};
/** The third attempt of n3 failed like the two before. */
const stalled = (reason = 'disk-full') => {
  const story = begun();
  failThrice(story, 'n3', reason);
  return story;
};

describe('the beginning of the staging', () => {
  it('N-01 waits until the distribution is completed', () => {
    const story = storyOf(stagingStage, [...checked(NODES), seedStored('n1'), seedStored('n2')]);
    expect(story.tell(advance)).toEqual([]);
    expect(story.asks()).toEqual([]);
    expect(typesOf(story.meanwhile(COMPLETED))).toEqual(['StagingStarted']);
    expect(story.tell(advance)).toEqual([]);
  });

  it('N-08 asks all nodes at once, the two seeds too', () => {
    const story = begun();
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n3/stage/1', 'n4/stage/1']);
    const { version, layer, sha256, size } = release();
    expect(story.askOf('n3')).toEqual({
      clusterId: 'demo',
      nodeId: 'n3',
      verb: 'stage',
      stage: 'staging',
      upgradeId: UPGRADE,
      upgradeNo: 3,
      instance: UPGRADE,
      attempt: 1,
      args: { artifact: { version, layer, sha256, size } },
      peers: ['n1', 'n2'],
    });
  });

  it('lists the nodes in parts that fit into an event, in one append', () => {
    const nodes = Array.from({ length: 450 }, (_, index) => `n${index + 1}`);
    const story = storyOf(stagingStage, [...checked(nodes), ...SEEDED]);
    const parts = story.tell(advance, T0 + 5000);
    expect(parts.map(({ data }) => data)).toMatchObject([
      { part: 1, of: 3, startedAt: T0 + 5000 },
      { part: 2, of: 3 },
      { part: 3, of: 3 },
    ]);
    expect(parts.flatMap(({ data }) => ('nodes' in data ? data.nodes : []))).toEqual(nodes);
  });

  it('leaves out who was skipped or evicted before', () => {
    const story = storyWith(skipped('n2'), evicted('n4'));
    expect(story.asked()).toEqual(['n1/stage/1', 'n3/stage/1']);
  });

  it.each(['PauseRequested', 'AbortRequested', 'RollbackRequested'])('does not begin after %s', (type) => {
    expect(storyWith(intended(type)).state()).toEqual({ status: 'waiting' });
  });
});

describe('the sources of the staging', () => {
  it('take as many nodes as the strategy allows, and more with every node that has staged', () => {
    const story = narrow(12, 1);
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1']);
    story.answer('n1');
    story.answer('n2');
    // The seeds were sources before they had staged.
    expect(story.asked()).toEqual(['n3/stage/1', 'n4/stage/1']);
    story.answer('n4');
    expect(story.asked()).toEqual(['n3/stage/1', 'n5/stage/1', 'n6/stage/1']);
  });

  it('are spread: none is the first of more nodes than it may serve', () => {
    const story = narrow(60, 3);
    for (const nodeId of ['n1', 'n2', 'n3', 'n4', 'n5']) story.answer(nodeId);
    const firsts = story.asks().map(({ peers }) => peers?.[0] ?? '');
    expect(firsts).toHaveLength(15);
    for (const source of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      expect(firsts.filter((first) => first === source)).toHaveLength(3);
    }
    for (const { peers } of story.asks()) expect(new Set(peers).size).toBe(4);
  });

  it('never include the node itself, but for a seed, which copies what it holds', () => {
    const story = begun();
    expect(story.askOf('n1').peers).toEqual(['n1', 'n2']);
    expect(story.askOf('n2').peers).toEqual(['n2', 'n1']);
    expect(story.askOf('n4').peers).not.toContain('n4');
  });

  it('N-07 are without a seed that was lost, and with its replacement', () => {
    const story = begun();
    story.meanwhile(seedLost('n1'));
    expect(story.askOf('n1').peers).toEqual(['n2']);
    expect(story.askOf('n4').peers).toEqual(['n2']);
    story.meanwhile(seedStored('n3'));
    expect(story.askOf('n4').peers).toEqual(expect.arrayContaining(['n2', 'n3']));
  });

  it('are without a lost seed also when it has staged, and without who was evicted', () => {
    const story = begun();
    story.answer('n1');
    story.answer('n3');
    story.meanwhile(seedLost('n1'), evicted('n3'));
    expect(story.askOf('n4').peers).toEqual(['n2']);
  });

  it('are waited for when there are none', () => {
    const story = begun();
    story.meanwhile(seedLost('n1'), seedLost('n2'));
    expect(story.asks()).toEqual([]);
    expect(story.due()).toEqual([]);
    story.meanwhile(seedStored('n1'));
    expect(story.asked()).toHaveLength(4);
  });
});

describe('a node that has staged', () => {
  it('N-09 N-12 INV-20 is recorded with its passive partition and the digest that was read back', () => {
    const story = begun();
    expect(story.tell(answerTo(story.askOf('n3')), T0 + 9000)).toEqual([
      {
        type: 'NodeStaged',
        data: { nodeId: 'n3', partition: 'B', digest: release().sha256, attempt: 1, at: T0 + 9000 },
      },
    ]);
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n4/stage/1']);
  });

  it.each([
    ['another digest', { outcome: written('stage', 'b'.repeat(64)) }],
    ['no partition', { outcome: written('store') }],
    ['no outcome', { outcome: undefined }],
  ])('INV-20 is not staged with %s', (_what, over) => {
    const story = begun();
    expect(story.answer('n3', over)).toMatchObject([
      { type: 'NodeStagingFailed', data: { nodeId: 'n3', attempt: 1, reason: 'digest-mismatch', final: false } },
    ]);
    expect(story.asked()).toContain('n3/stage/2');
  });

  it('completes the stage when it is the last', () => {
    const story = begun();
    for (const nodeId of ['n1', 'n2', 'n3']) story.answer(nodeId);
    const last = story.askOf('n4');
    expect(story.tell(answerTo(last))).toMatchObject([
      { type: 'NodeStaged' },
      { type: 'StagingCompleted', data: { staged: 4, left: [] } },
    ]);
    expect(story.asks()).toEqual([]);
    expect(story.due()).toEqual([]);
    expect(story.tell(advance)).toEqual([]);
    expect(story.tell(answerTo(last))).toEqual([]);
  });

  it('N-10 was asked for nothing but to stage: what runs is not touched', () => {
    const story = narrow(9, 2);
    const verbs = new Set<string>();
    for (let next = story.asks()[0]; next; next = story.asks()[0]) {
      for (const { verb } of story.asks()) verbs.add(verb);
      story.tell(answerTo(next));
    }
    expect(verbs).toEqual(new Set(['stage']));
    expect(story.state()).toEqual({ status: 'completed' });
  });
});

describe('a node that fails to stage', () => {
  it('is tried again from another source, as often as the strategy allows', () => {
    const story = narrow(4, 4);
    expect(story.askOf('n3').peers?.[0]).toBe('n1');
    expect(story.answer('n3', { status: 'failed', reason: 'unreachable' })).toMatchObject([
      { type: 'NodeStagingFailed', data: { attempt: 1, final: false } },
    ]);
    expect(story.askOf('n3')).toMatchObject({ attempt: 2, peers: ['n2', 'n1'] });
    expect(typesOf(story.answer('n3', { status: 'refused' }))).toEqual(['NodeStagingFailed']);
    expect(story.answer('n3', { status: 'failed', reason: 'unreachable', message: 'no peer answers' })).toMatchObject([
      { type: 'NodeStagingFailed', data: { attempt: 3, reason: 'unreachable', final: true } },
      {
        type: 'StagingStalled',
        data: { nodeId: 'n3', reason: 'unreachable', evidence: 'n3 failed stage (unreachable: no peer answers).' },
      },
    ]);
  });

  it('N-16 stalls the stage, which is not completed, while the other nodes go on', () => {
    const story = stalled();
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n4/stage/1']);
    for (const nodeId of ['n1', 'n2', 'n4']) expect(typesOf(story.answer(nodeId))).toEqual(['NodeStaged']);
    expect(story.tell(advance)).toEqual([]);
    expect(story.asks()).toEqual([]);
  });

  it('N-18 waits for ever: no timer ends a stall', () => {
    const story = stalled();
    for (const nodeId of ['n1', 'n2', 'n4']) story.answer(nodeId);
    expect(story.due()).toEqual([]);
    expect(story.tell(advance, T0 + 365 * 86_400_000)).toEqual([]);
  });

  it.each([
    ['disk-full', true],
    ['unreachable', true],
    ['digest-mismatch', false],
    ['failed', false],
  ])('N-21 says of %s whether a precheck could have caught it: %s', (reason, precheckCouldHaveCaught) => {
    const stall = stalled(reason).log.at(-1);
    expect(stall).toMatchObject({ type: 'StagingStalled', data: { nodeId: 'n3', reason, precheckCouldHaveCaught } });
  });

  it('counts as staged when an earlier attempt turns out right after all', () => {
    const story = begun();
    const first = story.askOf('n3');
    failThrice(story, 'n3');
    expect(story.tell(answerTo(first))).toMatchObject([{ type: 'NodeStaged', data: { nodeId: 'n3', attempt: 1 } }]);
  });

  it('is late when nothing has moved for the time that staging may take', () => {
    const story = begun();
    story.tell(answerTo(story.askOf('n1')), T0 + 10_000);
    const [due] = story.due();
    expect(due).toMatchObject({ at: T0 + 70_000, command: { type: 'DeadlinePassed' } });
    const passed = { type: 'DeadlinePassed', key: due?.key ?? '' } as const;
    expect(story.tell(passed, T0 + 69_999)).toEqual([]);
    expect(story.tell(passed, T0 + 70_000).map(({ data }) => data)).toMatchObject([
      { nodeId: 'n2', reason: 'stage-late', at: T0 + 70_000 },
      { nodeId: 'n3', reason: 'stage-late' },
      { nodeId: 'n4', reason: 'stage-late' },
    ]);
    expect(story.tell(passed, T0 + 70_001)).toEqual([]);
    expect(story.asked()).toEqual(['n2/stage/2', 'n3/stage/2', 'n4/stage/2']);
  });

  it('has failed when it gave no answer for as long as staging may take, whatever moves meanwhile', () => {
    const story = begun();
    const silent = { type: 'NodeSilent', nodeId: 'n3', verb: 'stage' } as const;
    expect(story.tell({ ...silent, forMs: 59_999 })).toEqual([]);
    expect(story.tell({ ...silent, forMs: 60_000, verb: 'store' })).toEqual([]);
    expect(story.tell({ ...silent, forMs: 60_000 })).toMatchObject([
      { type: 'NodeStagingFailed', data: { nodeId: 'n3', reason: 'silent', attempt: 1 } },
    ]);
  });
});

describe('what ends a stall of the staging', () => {
  it('resume begins a fresh series of attempts for every stalled node', () => {
    const story = stalled();
    failThrice(story, 'n4');
    story.meanwhile(intended('ResumeRequested'));
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n3/stage/4', 'n4/stage/4']);
    expect(typesOf(story.answer('n3', { status: 'failed' }))).toEqual(['NodeStagingFailed']);
    expect(typesOf(story.answer('n3', { status: 'failed' }))).toEqual(['NodeStagingFailed']);
    expect(typesOf(story.answer('n3', { status: 'failed' }))).toEqual(['NodeStagingFailed', 'StagingStalled']);
    expect(story.asked()).not.toContain('n3/stage/7');
  });

  it('retry tries that node again and no other', () => {
    const story = stalled();
    failThrice(story, 'n4');
    story.meanwhile(intended('RetryRequested', { nodeId: 'n4' }));
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n4/stage/4']);
    expect(typesOf(story.answer('n4'))).toEqual(['NodeStaged']);
  });

  it.each([
    ['a request of an operator', intended('RetryRequested', { nodeId: 'n3' })],
    ['a new copy', seedStored('n4')],
  ])('counts no deadline from before %s', (_what, event) => {
    const story = stalled();
    for (const nodeId of ['n1', 'n2']) story.answer(nodeId);
    const { state, context } = given(stagingStage, UPGRADE, story.log);
    const anHourLater = T0 + 3_600_000;
    const [last] = recorded([event]).map((one) => ({ ...one, recordedAt: new Date(anHourLater).toISOString() }));
    const after = last ? stagingStage.observe(context, last) : context;
    expect(stagingStage.due(state, after)).toMatchObject([{ at: anHourLater + 60_000 }]);
  });

  it.each([
    ['skip', skipped('n3')],
    ['evict', evicted('n3')],
  ])('%s leaves the node out, and the stage completes without it', (_what, event) => {
    const story = stalled();
    for (const nodeId of ['n1', 'n2', 'n4']) story.answer(nodeId);
    expect(story.meanwhile(event)).toEqual([{ type: 'StagingCompleted', data: { staged: 3, left: ['n3'] } }]);
  });

  it('leaves out a node that was skipped while it staged: its answer changes nothing', () => {
    const story = begun();
    const ask = story.askOf('n3');
    story.meanwhile(skipped('n3'));
    expect(story.asked()).not.toContain('n3/stage/1');
    expect(story.tell(answerTo(ask))).toEqual([]);
  });

  it('abort ends everything', () => {
    const story = stalled();
    story.meanwhile(intended('AbortRequested'));
    expect(story.asks()).toEqual([]);
    expect(story.due()).toEqual([]);
  });

  it('is not what was asked before it', () => {
    const story = storyWith(intended('ResumeRequested'), intended('RetryRequested', { nodeId: 'n3' }));
    failThrice(story, 'n3');
    expect(story.asked()).not.toContain('n3/stage/4');
  });
});

describe('a staging in a pause', () => {
  it('asks nothing new and calls nobody late, but takes what was under way', () => {
    const story = begun();
    const ask = story.askOf('n3');
    story.meanwhile(intended('PauseRequested'));
    expect(story.asks()).toEqual([]);
    expect(story.due()).toEqual([]);
    expect(typesOf(story.tell(answerTo(ask)))).toEqual(['NodeStaged']);
    expect(story.tell({ type: 'NodeSilent', nodeId: 'n4', verb: 'stage', forMs: 90_000 })).toEqual([]);
    story.meanwhile(intended('ResumeRequested'));
    expect(story.asked()).toEqual(['n1/stage/1', 'n2/stage/1', 'n4/stage/1']);
  });
});

describe('an answer that tells nothing new', () => {
  it.each(['accepted', 'running'] as const)('decides to nothing: %s', (status) => {
    expect(begun().answer('n1', { status })).toEqual([]);
  });

  it('decides to nothing when it is a duplicate, early, stale, or of another upgrade', () => {
    const story = begun();
    const first = story.askOf('n3');
    expect(story.tell(answerTo(first, { attempt: 2 }))).toEqual([]);
    expect(story.tell(answerTo(first, { verb: 'store' }))).toEqual([]);
    expect(story.tell(answerTo(first, { upgradeNo: request().upgradeNo - 1 }))).toEqual([]);
    expect(story.tell(answerTo(first, { upgradeId: 'u2' }))).toEqual([]);
    expect(story.tell(answerTo({ ...first, nodeId: 'n9' }))).toEqual([]);
    story.tell(answerTo(first, { status: 'failed' }));
    expect(story.tell(answerTo(first, { status: 'failed' }))).toEqual([]);
    expect(story.tell(answerTo(first, { outcome: written('stage', 'b'.repeat(64)) }))).toEqual([]);
    story.answer('n3');
    expect(story.tell(answerTo(first))).toEqual([]);
    expect(story.tell(answerTo(first, { status: 'failed' }))).toEqual([]);
  });
});

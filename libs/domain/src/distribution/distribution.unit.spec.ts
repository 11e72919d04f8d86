import { given, recorded, type Given } from '@baton/testing';
import { happened, intended, release, requested, UPGRADE } from '../../test/precheck-fixtures.js';
import { T0, answerTo, checked, staged, storyOf, typesOf, written } from '../../test/transfer-fixtures.js';
import { distributionStage } from './stage.js';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const STAGING_COMPLETED = staged('StagingCompleted', { staged: 4, left: [] });
const advance = { type: 'Advance' } as const;
const silent = (nodeId: string, verb: 'inspect' | 'store', forMs = 30_000) =>
  ({ type: 'NodeSilent', nodeId, verb, forMs }) as const;

const begun = (nodes = NODES) => {
  const story = storyOf(distributionStage, checked(nodes));
  story.tell(advance);
  return story;
};
const completed = (nodes = NODES) => {
  const story = begun(nodes);
  story.answer('n1');
  story.answer('n2');
  return story;
};
/** Two of three nodes are gone: one copy, nobody to make the other. */
const stalled = () => {
  const story = begun(['n1', 'n2', 'n3']);
  story.answer('n1');
  story.answer('n2', { status: 'failed', reason: 'disk-full' });
  story.answer('n3', { status: 'failed', reason: 'disk-full' });
  return story;
};

describe('the beginning of the distribution', () => {
  it('N-01 waits until the prechecks have passed', () => {
    const story = storyOf(distributionStage, checked(NODES).slice(0, -1));
    expect(story.tell(advance)).toEqual([]);
    expect(typesOf(story.meanwhile(happened('PrecheckPassed', { run: 1, warnings: 0 })))).toEqual([
      'DistributionStarted',
      'SeedsChosen',
    ]);
  });

  it('asks the first seeds of the plan to store the artifact', () => {
    const story = storyOf(distributionStage, checked(NODES, ['n3', 'n1', 'n2']));
    expect(story.tell(advance, T0)).toEqual([
      { type: 'DistributionStarted', data: { candidates: ['n3', 'n1', 'n2'], startedAt: T0 } },
      {
        type: 'SeedsChosen',
        data: {
          seeds: [
            { nodeId: 'n3', attempt: 1 },
            { nodeId: 'n1', attempt: 1 },
          ],
          at: T0,
        },
      },
    ]);
    const { version, layer, sha256, size } = release();
    expect(story.askOf('n3')).toEqual({
      clusterId: 'demo',
      nodeId: 'n3',
      verb: 'store',
      stage: 'distribution',
      upgradeId: UPGRADE,
      upgradeNo: 3,
      instance: UPGRADE,
      attempt: 1,
      args: { artifact: { version, layer, sha256, size } },
    });
  });

  it.each([
    ['a pause', intended('PauseRequested')],
    ['an abort', intended('AbortRequested')],
  ])('does not begin after %s', (_what, event) => {
    expect(storyOf(distributionStage, [...checked(NODES), event]).tell(advance)).toEqual([]);
  });

  it('does nothing for a plan', () => {
    const story = storyOf(distributionStage, [requested({ dryRun: true }), ...checked(NODES).slice(1)]);
    expect(story.tell(advance)).toEqual([]);
  });

  it('stalls with what copies there can be when there are fewer candidates than seeds', () => {
    const story = storyOf(distributionStage, checked(NODES, ['n1']));
    expect(typesOf(story.tell(advance))).toEqual(['DistributionStarted', 'SeedsChosen', 'DistributionStalled']);
    expect(story.log.at(-1)?.data).toMatchObject({ reason: 'too-few-candidates', precheckCouldHaveCaught: true });
    expect(story.asked()).toEqual(['n1/store/1']);
  });
});

describe('the copies of the artifact', () => {
  it('N-06 are not enough when there is one', () => {
    const story = begun();
    expect(typesOf(story.answer('n1'))).toEqual(['SeedStored']);
    expect(story.state().status).toBe('storing');
    expect(story.asked()).toEqual(['n1/inspect/1', 'n2/store/1']);
  });

  it('N-06 are complete when exactly two nodes hold them', () => {
    const story = begun();
    story.answer('n2');
    expect(story.answer('n1')).toEqual([
      { type: 'SeedStored', data: { nodeId: 'n1', sha256: release().sha256, size: release().size } },
      { type: 'DistributionCompleted', data: { seeds: ['n1', 'n2'] } },
    ]);
  });

  it('are watched until every node has staged', () => {
    const story = completed();
    expect(story.asks()).toMatchObject([
      { nodeId: 'n1', verb: 'inspect', everyMs: 1000 },
      { nodeId: 'n2', verb: 'inspect', everyMs: 1000 },
    ]);
    expect(story.meanwhile(STAGING_COMPLETED)).toEqual([]);
    expect(story.asks()).toEqual([]);
    expect(story.tell(silent('n1', 'inspect'))).toEqual([]);
  });

  it.each([
    ['another digest', { outcome: written('store', 'b'.repeat(64)) }],
    ['another size', { outcome: { written: { sha256: release().sha256, size: 1 } } }],
    ['no outcome', { outcome: undefined }],
  ])('N-16 do not count with %s, and another node takes the place', (_what, over) => {
    const story = begun();
    expect(story.answer('n1', over)).toMatchObject([
      { type: 'SeedLost', data: { nodeId: 'n1', reason: 'digest-mismatch' } },
      { type: 'SeedsChosen', data: { replaces: 'n1', seeds: [{ nodeId: 'n2' }, { nodeId: 'n3', attempt: 1 }] } },
    ]);
  });
});

describe('a seed that is lost', () => {
  it('N-07 is replaced at once while the other goes on serving', () => {
    const story = completed();
    expect(story.tell(silent('n1', 'inspect', 29_999))).toEqual([]);
    expect(story.tell(silent('n1', 'inspect'))).toMatchObject([
      { type: 'SeedLost', data: { nodeId: 'n1', reason: 'silent' } },
      { type: 'SeedsChosen', data: { replaces: 'n1', seeds: [{ nodeId: 'n2' }, { nodeId: 'n3' }] } },
    ]);
    expect(story.asked()).toEqual(['n2/inspect/1', 'n3/store/1']);
    expect(typesOf(story.answer('n3'))).toEqual(['SeedStored']);
    expect(story.state().status).toBe('completed');
  });

  it('is replaced when its store failed, was refused, or had no answer', () => {
    const story = begun();
    expect(typesOf(story.answer('n1', { status: 'refused', reason: 'stale-epoch' }))).toEqual([
      'SeedLost',
      'SeedsChosen',
    ]);
    expect(story.tell(silent('n3', 'store'))).toMatchObject([
      { type: 'SeedLost', data: { nodeId: 'n3', reason: 'silent' } },
      { type: 'SeedsChosen' },
    ]);
    expect(story.asked()).toEqual(['n2/store/1', 'n4/store/1']);
  });

  it('is replaced when it has not stored in time, and not before', () => {
    const story = begun();
    story.answer('n2');
    const [due] = story.due();
    expect(story.due()).toHaveLength(1);
    expect(due).toMatchObject({ key: 'store/n1/1', at: T0 + 2000 + 60_000 });
    const passed = { type: 'DeadlinePassed', key: 'store/n1/1' } as const;
    expect(story.tell(passed, T0 + 61_999)).toEqual([]);
    expect(story.tell({ ...passed, key: 'store/n2/1' }, T0 + 62_000)).toEqual([]);
    expect(typesOf(story.tell(passed, T0 + 62_000))).toEqual(['SeedLost', 'SeedsChosen']);
    expect(story.due()).toMatchObject([{ key: 'store/n3/1', at: T0 + 62_000 + 60_000 }]);
  });

  it('is replaced when it was evicted, and an evicted candidate is never chosen', () => {
    const story = completed();
    const evict = (nodeId: string) => intended('EvictRequested', { nodeId, confirmedDown: true });
    expect(story.meanwhile(evict('n3'), evict('n1'))).toMatchObject([
      { type: 'SeedLost', data: { nodeId: 'n1', reason: 'evicted' } },
      { type: 'SeedsChosen', data: { seeds: [{ nodeId: 'n2' }, { nodeId: 'n4' }] } },
    ]);
  });

  it('is replaced together with the other in one append', () => {
    const story = completed();
    const evict = (nodeId: string) => intended('EvictRequested', { nodeId, confirmedDown: true });
    expect(typesOf(story.meanwhile(evict('n1'), evict('n2')))).toEqual([
      'SeedLost',
      'SeedsChosen',
      'SeedLost',
      'SeedsChosen',
    ]);
    expect(story.asked()).toEqual(['n3/store/1', 'n4/store/1']);
  });
});

describe('a distribution that stalls', () => {
  it('N-16 N-21 says why, with what evidence, and whether a check could have caught it', () => {
    const story = stalled();
    expect(story.log.at(-1)).toMatchObject({
      type: 'DistributionStalled',
      data: { reason: 'disk-full', nodeId: 'n3', precheckCouldHaveCaught: true },
    });
    const { evidence } = story.log.at(-1)?.data as { evidence: string };
    expect(evidence).toContain('chosen now: n1; lost: n2 (disk-full), n3 (disk-full)');
    expect(story.tell(advance)).toEqual([]);
    expect(story.asked()).toEqual(['n1/inspect/1']);
  });

  it('N-21 knows that no check sees a transfer that is going to be corrupted', () => {
    const story = begun(['n1', 'n2']);
    story.answer('n1', { outcome: written('store', 'b'.repeat(64)) });
    expect(story.log.at(-1)?.data).toMatchObject({ reason: 'digest-mismatch', precheckCouldHaveCaught: false });
  });

  it('N-18 goes on by no timer', () => {
    const story = stalled();
    expect(story.due()).toEqual([]);
    expect(story.tell(advance, T0 + 365 * 86_400_000)).toEqual([]);
  });

  it('goes on by resume: a lost seed is asked anew and what is stored stays', () => {
    const story = stalled();
    expect(story.meanwhile(intended('ResumeRequested'))).toMatchObject([
      {
        type: 'SeedsChosen',
        data: {
          seeds: [
            { nodeId: 'n1', attempt: 1 },
            { nodeId: 'n2', attempt: 2 },
          ],
        },
      },
    ]);
    expect(story.tell(advance)).toEqual([]);
    expect(story.asked()).toEqual(['n1/inspect/1', 'n2/store/2']);
    expect(typesOf(story.answer('n2'))).toEqual(['SeedStored', 'DistributionCompleted']);
  });

  it('goes on by retry with the node that was named', () => {
    const story = stalled();
    story.meanwhile(intended('RetryRequested', { nodeId: 'n3' }));
    expect(story.asked()).toEqual(['n1/inspect/1', 'n3/store/2']);
  });

  it('tries every other candidate before it stalls again, each once', () => {
    const story = stalled();
    story.meanwhile(intended('RetryRequested', { nodeId: 'n3' }));
    expect(typesOf(story.answer('n3', { status: 'failed' }))).toEqual(['SeedLost', 'SeedsChosen']);
    expect(typesOf(story.answer('n2', { status: 'failed' }))).toEqual(['SeedLost', 'DistributionStalled']);
    expect(story.tell(advance)).toEqual([]);
  });

  it('is not moved by a retry of a node that is no candidate, or by what was asked before', () => {
    const story = begun(['n1', 'n2']);
    expect(story.meanwhile(intended('ResumeRequested'), intended('RetryRequested', { nodeId: 'n2' }))).toEqual([]);
    expect(typesOf(story.answer('n2', { status: 'failed' }))).toEqual(['SeedLost', 'DistributionStalled']);
    expect(story.meanwhile(intended('RetryRequested', { nodeId: 'n9' }))).toEqual([]);
  });

  it('is completed after as before when it stalled while nodes staged', () => {
    const story = completed(['n1', 'n2']);
    expect(typesOf(story.tell(silent('n2', 'inspect')))).toEqual(['SeedLost', 'DistributionStalled']);
    story.meanwhile(intended('ResumeRequested'));
    expect(typesOf(story.answer('n2'))).toEqual(['SeedStored']);
    expect(story.state().status).toBe('completed');
  });

  it('is over after an abort', () => {
    const story = stalled();
    expect(story.meanwhile(intended('AbortRequested'))).toEqual([]);
    expect(story.asks()).toEqual([]);
    expect(story.due()).toEqual([]);
  });
});

describe('a distribution in a pause', () => {
  const paused = () => {
    const story = begun();
    story.answer('n1');
    story.meanwhile(intended('PauseRequested'));
    return story;
  };

  it('asks for no copy, but goes on watching and takes the copy that was under way', () => {
    const story = begun();
    const store = story.askOf('n2');
    story.answer('n1');
    story.meanwhile(intended('PauseRequested'));
    expect(story.asked()).toEqual(['n1/inspect/1']);
    expect(typesOf(story.tell(answerTo(store)))).toEqual(['SeedStored', 'DistributionCompleted']);
  });

  it('calls nobody late, nor for the time of the pause afterwards', () => {
    const story = paused();
    expect(story.due()).toEqual([]);
    expect(story.tell({ type: 'DeadlinePassed', key: 'store/n2/1' }, T0 + 100_000)).toEqual([]);
    story.meanwhile(intended('ResumeRequested'));
    expect(story.asked()).toEqual(['n1/inspect/1', 'n2/store/1']);
    const { state, context } = given(distributionStage, UPGRADE, story.log);
    const anHourLater = T0 + 3_600_000;
    const [resume] = recorded([intended('ResumeRequested')]).map((event) => ({
      ...event,
      recordedAt: new Date(anHourLater).toISOString(),
    }));
    const after = resume ? distributionStage.observe(context, resume) : context;
    expect(distributionStage.due(state, after)).toMatchObject([{ at: anHourLater + 60_000 }]);
  });
});

describe('an answer that tells nothing new', () => {
  it.each(['accepted', 'running'] as const)('decides to nothing: %s', (status) => {
    expect(begun().answer('n1', { status })).toEqual([]);
  });

  it('decides to nothing when it is a duplicate, of another attempt, verb or upgrade', () => {
    const story = begun();
    const store = story.askOf('n1');
    expect(story.tell(answerTo(store, { attempt: 2 }))).toEqual([]);
    expect(story.tell(answerTo(store, { verb: 'inspect' }))).toEqual([]);
    expect(story.tell(answerTo(store, { upgradeNo: 2, status: 'failed' }))).toEqual([]);
    expect(story.tell(answerTo(store, { upgradeId: 'u2', status: 'failed' }))).toEqual([]);
    expect(story.tell(answerTo({ ...store, nodeId: 'n4' }))).toEqual([]);
    story.tell(answerTo(store));
    expect(story.tell(answerTo(store))).toEqual([]);
    expect(story.tell(answerTo(store, { status: 'failed' }))).toEqual([]);
    expect(story.tell(silent('n1', 'store'))).toEqual([]);
  });

  it('decides to nothing when its seed was lost before', () => {
    const story = begun();
    const store = story.askOf('n1');
    story.tell(answerTo(store, { status: 'failed' }));
    expect(story.tell(answerTo(store, { status: 'failed' }))).toEqual([]);
    expect(story.tell(answerTo(store))).toEqual([]);
    expect(story.tell(silent('n1', 'store'))).toEqual([]);
  });

  it('N-10 is answered before anything goes down: no ask ever changes what runs', () => {
    const story = begun();
    expect(new Set(story.asks().map(({ verb }) => verb))).toEqual(new Set(['store']));
    expect(
      new Set(
        completed()
          .asks()
          .map(({ verb }) => verb),
      ),
    ).toEqual(new Set(['inspect']));
  });
});

describe('the stage', () => {
  it('reads its own stream and those it depends on, and looks again at every change', () => {
    const [event] = recorded(checked(NODES));
    expect(distributionStage.reads('u').streams).toEqual(['distribution-u', 'upgrade-u', 'precheck-u', 'staging-u']);
    expect(event && distributionStage.react(event)).toEqual([advance]);
  });

  it.each([STAGING_COMPLETED, intended('AbortRequested'), intended('UpgradeCompleted', { skipped: [] })])(
    'is over with $type',
    (end) => {
      const ended = (history: readonly Given[]): boolean => {
        const { state, context } = given(distributionStage, UPGRADE, history);
        return distributionStage.ended(state, context);
      };
      const { log } = completed();
      expect(ended(log)).toBe(false);
      expect(ended([...log, end])).toBe(true);
    },
  );
});

import type { Check } from './check.js';
import type { PrecheckEvent, Waiver } from '@baton/contracts';
import { given, recorded, type Given } from '@baton/testing';
import { allChecks } from '../../test/all-checks.js';
import {
  UPGRADE,
  answer,
  examined,
  factsOf,
  happened,
  intended,
  precheckFacts,
  probed,
  request,
  requested,
  sha256,
  started,
} from '../../test/precheck-fixtures.js';
import { checking, refusedBy, requested as requestedIn, statusOf } from '../../test/status-history.js';
import { explain } from '../status/explain.js';
import { foldIntent, noIntent } from '../upgrade/intent.js';
import { decideOutcome } from '../upgrade/outcome.js';
import { noCluster } from '../cluster/cluster.js';
import { precheckStage } from './precheck-stage.js';
import { runChecks } from './run-checks.js';
import { wantsRun } from './state.js';
import { refusedWaiver } from './waivers.js';

const stage = precheckStage({ checks: allChecks, sha256 });
const waivers: readonly Waiver[] = [{ check: 'components', reason: 'known and harmless', by: 'operator:ada' }];
const TWO = ['n1', 'n2'];
const sick = { components: { medusa: 'down' } } as const;

describe('which checks may be waived', () => {
  it('all but those that Baton itself relies on', () => {
    const never = allChecks.filter(({ consequence }) => consequence === undefined).map(({ name }) => name);
    expect(never).toEqual([
      ...['artifact-intact', 'minimum-compatible', 'no-other-upgrade', 'no-token-left-over', 'nodes-answered'],
      ...['partitions', 'plan-unchanged', 'release-not-quarantined', 'supported-mix'],
      'version-compatibility-software',
    ]);
    for (const name of never) expect(refusedWaiver(name, allChecks)).toMatchObject({ kind: 'check-not-waivable' });
  });

  it('each of the others says in a sentence what may follow', () => {
    const open = allChecks.flatMap(({ name, consequence }) =>
      consequence === undefined ? [] : [{ name, consequence }],
    );
    for (const { name, consequence } of open) {
      expect(consequence).toMatch(/^[A-Z].*\.$/);
      expect(refusedWaiver(name, allChecks)).toBeUndefined();
    }
  });

  it('a name that no check has is refused with those that there are', () => {
    expect(refusedWaiver('componnets', allChecks)).toEqual({
      kind: 'unknown-check',
      message: expect.stringContaining('artifact-intact, backup-taken,'),
    });
  });
});

describe('a check that was waived', () => {
  const facts = precheckFacts([examined('n1', sick)]);
  const found = (given: readonly Waiver[]) =>
    runChecks(allChecks, 1, facts, given).find(({ data }) => data.check === 'components');

  it('only warns, and says who waived it and why', () => {
    expect(found([])).toMatchObject({
      type: 'CheckFailed',
      data: { consequence: expect.stringContaining('stall') },
    });
    expect(found(waivers)).toMatchObject({
      type: 'CheckWarned',
      data: { nodeId: 'n1', waived: { by: 'operator:ada', reason: 'known and harmless' } },
    });
  });

  it('fails all the same when it can never be waived, whatever stands in an event', () => {
    const check: Check = {
      name: 'mine',
      title: 'Mine',
      severity: 'error',
      run: () => [{ evidence: 'A.', remedy: 'B.' }],
    };
    const waived = [{ check: 'mine', reason: 'because', by: 'operator:ada' }];
    expect(runChecks([check], 1, facts, waived)).toMatchObject([{ type: 'CheckFailed' }]);
  });

  it('with the request lets a plan and the upgrade come to the same end', () => {
    const end = (over: Parameters<typeof requested>[0]) => {
      const history = [requested(over), started(TWO), factsOf('n1', sick), factsOf('n2'), probed('n1', 1)];
      const last = answer('n2', { probe: { reached: 1, failures: [] } });
      const decision = given(stage, UPGRADE, history).when({
        ...{ type: 'NodeAnswered', now: 2000 },
        answer: { ...last, upgradeNo: over?.upgradeNo ?? last.upgradeNo },
      });
      const events: readonly PrecheckEvent[] = 'events' in decision ? decision.events : [];
      return [events.at(-1)?.type, events.find(({ type }) => type === 'PlanMade')?.data];
    };
    const [planned, plan] = end({ waivers, dryRun: true, upgradeNo: 0 });
    expect(planned).toBe('PrecheckPassed');
    expect(end({ waivers })).toEqual(['PrecheckPassed', plan]);
    expect(end({})[0]).toBe('PrecheckFailed');
  });
});

describe('a waiver that is given to a blocked upgrade', () => {
  const failed = (...names: string[]) => happened('PrecheckFailed', { run: 1, failed: names });
  const waived = (check: string) => intended('WaiverGiven', { check, reason: 'known' });
  const wanted = (...history: Given[]) => {
    const { state, context } = recorded(history).reduce(
      (now, event) =>
        event.stream.startsWith('upgrade-')
          ? { ...now, context: stage.observe(now.context, event) }
          : { ...now, state: stage.evolve(now.state, event) },
      { state: stage.initial, context: stage.initialContext },
    );
    return wantsRun(state, context);
  };

  it('has all checks made again as soon as none that failed is left', () => {
    const before = [requested(), started(TWO), failed('components', 'connectivity')];
    expect(wanted(...before, waived('components'))).toBeUndefined();
    expect(wanted(...before, waived('components'), waived('connectivity'))).toBe(2);
    expect(wanted(...before, waived('components'), intended('ResumeRequested'))).toBe(2);
    expect(wanted(requested({ waivers }), ...before.slice(1), waived('connectivity'))).toBe(2);
  });

  it('is not made undone by a block that is recorded late', () => {
    const history = recorded([requested(), started(TWO), failed('components'), waived('components')]);
    const intent = history.filter(({ stream }) => stream.startsWith('upgrade-')).reduce(foldIntent, noIntent);
    const late = decideOutcome(history[2]!, intent, noCluster, { upgradeId: 'u2', catalogue: [] });
    expect(late).toEqual({ events: [] });
  });
});

describe('a blocked upgrade', () => {
  const consequence = 'Its node may stall.';
  const blocked = [requestedIn(), ...checking(), ...refusedBy('components', 'n2')].map((event) =>
    event.type === 'CheckFailed' ? { ...event, data: { ...(event.data as object), consequence } } : event,
  );

  it('says what may follow from a waiver, and how it is given', () => {
    const status = statusOf(blocked);
    expect(status.allowed).toEqual(['resume', 'waive', 'evict', 'abort']);
    expect(status.checks.at(-1)).toMatchObject({ check: 'components', result: 'failed', consequence });
    expect(status.blockedBy).toMatchObject([
      {
        check: 'components',
        unblock: ['resume', 'waive', 'evict', 'abort'],
        remedy: `mend it If it is waived: ${consequence}`,
      },
    ]);
    expect(explain(status, 0).next).toContain(
      `POST /v1/upgrades/${UPGRADE}/waive {"check":"components","reason":"..."}`,
    );
  });

  it('names the waivers that it has, those of the request too', () => {
    const given = statusOf(blocked, [intended('WaiverGiven', { check: 'components', reason: 'known' })]);
    expect(given.waivers).toEqual([{ check: 'components', reason: 'known', by: expect.any(String) }]);
    expect(given.allowed).not.toContain('waive');
    const asked = intended('UpgradeRequested', request({ waivers }));
    expect(statusOf([asked]).waivers).toEqual(waivers);
  });
});

// Checks and plans a large cluster, in a process of its own, so that its memory is that of planning alone.
import type { Answer } from '@baton/contracts';
import { noPrecheckContext, precheckStage, type PrecheckState } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { loadChecks } from '@baton/stage-host';
import { createHash } from 'node:crypto';
import { largeCluster } from '../history/large-cluster.js';
import { upgradeIdOf } from '../history/upgrade.js';
import { tellParent } from './child.js';

export interface Planned {
  readonly type: 'planned';
  readonly ms: number;
  /** The most that the process ever had in memory, in MiB. */
  readonly peak: number;
}

const [nodes, groups] = [Number(process.env['BENCH_NODES']), Number(process.env['BENCH_GROUPS'])];
const { request, members, facts } = largeCluster('bench', upgradeIdOf(1), nodes, groups);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const stage = precheckStage({ checks: await loadChecks(), sha256 });
const requested = { stream: `upgrade-${request.upgradeId}`, type: 'UpgradeRequested', data: request, position: 1 };
const context = stage.observe(noPrecheckContext, requested as unknown as Recorded);
const probe = { reached: 1000, failed: 0, failures: [] };
// All have answered but for the last one.
const state: PrecheckState = {
  ...{ status: 'collecting', run: 1, startedAt: 0, members },
  surroundings: {
    ...{ leftoverTokens: [], otherUpgrades: [], releases: [], artifactIntact: true, artifactEvidence: '' },
    quarantined: false,
  },
  facts: new Map(facts.map((one) => [one.nodeId, one])),
  probes: new Map(members.slice(1).map(({ nodeId }) => [nodeId, probe])),
};
const { clusterId, upgradeId, upgradeNo } = request;
const answer: Answer = {
  ...{ clusterId, upgradeId, upgradeNo, nodeId: members[0]?.nodeId ?? '', verb: 'probe', stage: 'precheck' },
  ...{ instance: upgradeId, attempt: 1, status: 'done', bootId: 'boot-1', runId: 'run-1', outcome: { probe } },
};

process.on('message', () => {
  // Another list each time: what was found out for the last one is not remembered.
  const fresh = { ...state, members: [...members] };
  const began = performance.now();
  const decided = stage.decide({ type: 'NodeAnswered', answer, now: 1 }, fresh, context);
  const ms = performance.now() - began;
  const events = 'events' in decided ? decided.events : [];
  const lanes = events.filter(({ type }) => type === 'LanePlanned').length;
  if (lanes !== groups || events.at(-1)?.type !== 'PrecheckPassed') {
    throw new Error(`${lanes} lanes, not ${groups}: ${JSON.stringify(events.at(-1))}`);
  }
  tellParent({ type: 'planned', ms, peak: process.resourceUsage().maxRSS / 1024 } satisfies Planned);
});
process.on('disconnect', () => process.exit(0));
tellParent({ type: 'ready', ports: {} });

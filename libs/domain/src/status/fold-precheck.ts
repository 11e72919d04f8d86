import type { CheckStatus, Facts, PrecheckEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { laneIn, markOf, move, nodeIn, runs, type UpgradeView } from './view.js';

type Of<Type extends PrecheckEvent['type']> = Recorded & Extract<PrecheckEvent, { type: Type }>;

export const foldPrecheck = (view: UpgradeView, event: Recorded & PrecheckEvent): void => {
  switch (event.type) {
    case 'PrecheckStarted':
      return started(view, event);
    case 'FactsCollected': {
      const { run, nodeId, facts } = event.data;
      const node = nodeIn(view, nodeId, event);
      node.factsRun = run;
      node.active = facts.active;
      node.passive = facts.passive;
      node.partitions = facts.partitions;
      runs(view, node, event, versionsOf(facts.layers));
      return;
    }
    case 'NodeProbed':
      nodeIn(view, event.data.nodeId, event).probedRun = event.data.run;
      return;
    case 'CheckPassed':
      return found(view, event, 'passed');
    case 'CheckWarned':
      return found(view, event, 'warned');
    case 'CheckFailed':
      return found(view, event, 'failed');
    case 'LanePlanned':
      return planned(view, event);
    case 'DisruptionPlanned':
      return;
    case 'PlanMade':
      view.waveNames = Object.fromEntries(event.data.summary.waves.map(({ wave, name }) => [wave, name]));
      for (const { nodeId } of event.data.summary.skipped) move(nodeIn(view, nodeId, event), event, 'skipped');
      return;
    case 'PrecheckPassed':
      return concluded(view, event, 'passed');
    case 'PrecheckFailed':
      return concluded(view, event, 'failed');
    default:
      return assertNever(event);
  }
};

/** Without the layers that a node says nothing of. */
export const versionsOf = (layers: Facts['layers']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(layers).filter(([, version]) => version !== undefined));

const started = (view: UpgradeView, event: Of<'PrecheckStarted'>): void => {
  const { run, part, members, startedAt } = event.data;
  if (part === 1) view.checks = [];
  view.run = run;
  view.precheck = 'collecting';
  view.blocked = undefined;
  view.precheckMark = markOf(event);
  view.precheckStartedAt = startedAt;
  for (const { nodeId, layers } of members) {
    const node = nodeIn(view, nodeId, event);
    runs(view, node, event, versionsOf(layers));
    if (node.state === 'skipped') move(node, event, 'waiting');
  }
};

const found = (
  view: UpgradeView,
  event: Of<'CheckPassed' | 'CheckWarned' | 'CheckFailed'>,
  result: CheckStatus['result'],
): void => {
  const { run: _run, ...said } = event.data;
  view.checks.push({ ...said, result, position: event.position });
};

const planned = (view: UpgradeView, event: Of<'LanePlanned'>): void => {
  const { run, wave, lane, nodes } = event.data;
  const found = laneIn(view, lane, event);
  found.wave = wave;
  found.run = run;
  for (const nodeId of nodes) {
    const node = nodeIn(view, nodeId, event);
    node.lane = lane;
    node.wave = wave;
  }
};

const concluded = (
  view: UpgradeView,
  event: Of<'PrecheckPassed' | 'PrecheckFailed'>,
  precheck: 'passed' | 'failed',
): void => {
  view.precheck = precheck;
  view.precheckMark = markOf(event);
  if (precheck === 'failed') view.blocked = markOf(event);
  if (view.terms.dryRun) view.endedAt = event.recordedAt;
};

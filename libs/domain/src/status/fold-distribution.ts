import type { DistributionEvent } from '@baton/contracts';
import { assertNever, type Recorded } from '@baton/kernel';
import { endDistributionStall, stallDistribution } from './stalls.js';
import { markOf, move, nodeIn, type UpgradeView } from './view.js';

export const foldDistribution = (view: UpgradeView, event: Recorded & DistributionEvent): void => {
  switch (event.type) {
    case 'DistributionStarted':
      view.stage = 'distribution';
      view.stageMark = markOf(event);
      return;
    case 'SeedsChosen':
      endDistributionStall(view);
      return chosen(view, event, event.data);
    case 'SeedStored': {
      const { nodeId } = event.data;
      // Staging may have begun on it: what it holds as a seed no longer says how far it is.
      const node = nodeIn(view, nodeId, event);
      if (isStoring(node.state)) move(node, event, 'stored');
      return;
    }
    case 'SeedLost': {
      const { nodeId, evidence } = event.data;
      view.seeds = view.seeds.filter((seed) => seed !== nodeId);
      const node = nodeIn(view, nodeId, event);
      if (isStoring(node.state)) move(node, event, 'failed');
      node.error = evidence;
      return;
    }
    case 'DistributionStalled':
      return stallDistribution(view, event, event.data);
    case 'DistributionCompleted':
      endDistributionStall(view);
      view.distributed = true;
      view.stageMark = markOf(event);
      return;
    default:
      return assertNever(event);
  }
};

const isStoring = (state: string): boolean =>
  state === 'waiting' || state === 'storing' || state === 'stored' || state === 'failed';

const chosen = (
  view: UpgradeView,
  event: Recorded,
  { seeds, at }: Extract<DistributionEvent, { type: 'SeedsChosen' }>['data'],
): void => {
  view.seeds = seeds.map(({ nodeId }) => nodeId);
  for (const { nodeId, attempt } of seeds) {
    const node = nodeIn(view, nodeId, event);
    // The other seeds are named again when one of them is replaced.
    const isNew = node.state === 'waiting' || (isStoring(node.state) && node.attempt !== attempt);
    if (!isNew) continue;
    move(node, event, 'storing', at);
    node.attempt = attempt;
  }
};

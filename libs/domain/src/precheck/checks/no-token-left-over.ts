import { hasAnswered, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

const EPOCHS_PER_UPGRADE = 1_000_000;

// A node that obeyed a later upgrade than this one would refuse every command of this one.
const seenOnNodes = ({ nodes, request }: PrecheckFacts): readonly CheckFinding[] =>
  // A dry run has no number yet to compare with.
  (request.dryRun ? [] : nodes)
    .filter(hasAnswered)
    .filter(({ facts }) => facts.upgradeNo > request.upgradeNo || facts.epoch >= request.upgradeNo * EPOCHS_PER_UPGRADE)
    .map(({ nodeId, facts }) => ({
      nodeId,
      evidence: `${nodeId} has seen upgrade ${facts.upgradeNo} and epoch ${facts.epoch}; this is upgrade ${request.upgradeNo}.`,
      remedy: `See who else upgrades ${nodeId}, or whether the log is an old copy.`,
    }));

/** A token may stay with a node when an upgrade ended badly; the next upgrade must not pass a second one. */
export const check: Check = {
  name: 'no-token-left-over',
  title: 'No token of an earlier upgrade is left over',
  severity: 'error',
  run: (facts) => [
    ...facts.surroundings.leftoverTokens.map(({ lane, nodeId, epoch }) => ({
      nodeId,
      evidence: `${nodeId} still holds the token of lane ${lane} with epoch ${epoch}.`,
      remedy: `End it: skip or evict ${nodeId} in the upgrade that granted it.`,
    })),
    ...seenOnNodes(facts),
  ],
};

import { isQuestion, type NodeCommand, type Verb } from '@baton/contracts';
import type { Reason } from './failure.js';

/** The highest that this node has seen, kept on disk; what is lower was ordered by somebody who is behind. */
export interface Floor {
  readonly upgradeNo: number;
  /** The upgrade that first came with this number. */
  readonly upgradeId?: string;
  readonly epoch: number;
  /** The highest upgrade that granted this node a token. */
  readonly grantedUpgradeNo: number;
  /** Turns up to this epoch were given up. */
  readonly cancelledEpoch: number;
}

export const ground: Floor = { upgradeNo: 0, epoch: 0, grantedUpgradeNo: 0, cancelledEpoch: 0 };

const WITH_EPOCH: ReadonlySet<Verb> = new Set(['drain', 'activate', 'revert', 'undrain', 'finalize']);
const GRANTED: ReadonlySet<Verb> = new Set(['drain', 'activate', 'revert']);

/** Numbers are given once: who comes with one that another upgrade has is of a log that went another way. */
export const otherUpgrade = ({ upgradeId, upgradeNo }: Pick<NodeCommand, 'upgradeId' | 'upgradeNo'>): Reason => ({
  reason: 'other-upgrade',
  message: `On this node upgrade ${upgradeNo} is ${upgradeId}.`,
});

/** Why an order that was never carried out is not carried out now either; undefined: it is. */
export const refusalOf = (floor: Floor, command: NodeCommand): Reason | undefined => {
  const { verb, upgradeId, upgradeNo, epoch } = command;
  if (upgradeNo < floor.upgradeNo) {
    return { reason: 'stale-upgrade', message: `Upgrade ${floor.upgradeNo} came after upgrade ${upgradeNo}.` };
  }
  if (epoch === undefined) {
    if (WITH_EPOCH.has(verb)) return { reason: 'epoch-missing', message: `${verb} needs the epoch of a token.` };
  } else {
    if (epoch < floor.epoch) {
      return { reason: 'stale-epoch', message: `Epoch ${floor.epoch} came after epoch ${epoch}.` };
    }
    if (GRANTED.has(verb) && epoch <= floor.cancelledEpoch) {
      return { reason: 'cancelled', message: `The turn with epoch ${epoch} was given up.` };
    }
  }
  if (verb === 'stage' && upgradeNo <= floor.grantedUpgradeNo) {
    const message = `Upgrade ${floor.grantedUpgradeNo} has granted the token, so partitions are not written any more.`;
    return { reason: 'stale-stage', message };
  }
  const { upgradeId: known = upgradeId } = floor;
  // Whether a node may go over is asked of the upgrade itself, right before.
  const isConfirmed = verb === 'activate' || verb === 'revert';
  return upgradeNo === floor.upgradeNo && upgradeId !== known && !isConfirmed
    ? otherUpgrade({ upgradeId: known, upgradeNo })
    : undefined;
};

/** What has been seen when this command is taken; the same floor when it shows nothing new. */
export const raise = (floor: Floor, { verb, upgradeId, upgradeNo, epoch = 0 }: NodeCommand): Floor => {
  if (isQuestion(verb)) return floor;
  const raised = {
    upgradeNo: Math.max(floor.upgradeNo, upgradeNo),
    epoch: Math.max(floor.epoch, epoch),
    grantedUpgradeNo: GRANTED.has(verb) ? Math.max(floor.grantedUpgradeNo, upgradeNo) : floor.grantedUpgradeNo,
    cancelledEpoch: verb === 'cancel' ? Math.max(floor.cancelledEpoch, epoch) : floor.cancelledEpoch,
  };
  const isHigher = (Object.keys(raised) as (keyof typeof raised)[]).some((key) => raised[key] > floor[key]);
  return isHigher ? { ...raised, upgradeId: upgradeNo > floor.upgradeNo ? upgradeId : floor.upgradeId } : floor;
};

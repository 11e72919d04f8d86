import type { ConfirmAsk, ConfirmReply } from '@baton/contracts';
import type { LaneContext } from './scene.js';
import type { LaneState } from './state.js';

/**
 * Whether a node that is about to go down still has the right to: it holds this lane's token, with this epoch, and the
 * log has not seen it go yet. The last look before a reboot.
 */
export const confirmHolder = (state: LaneState, { intent }: LaneContext, ask: ConfirmAsk): ConfirmReply => {
  if (state.status !== 'held') return { confirmed: false, reason: `no node of the lane may go down: ${state.status}` };
  const { nodeId, epoch, step } = state.holder;
  // The lane may still have to record that the token is free.
  if (intent.evicted[nodeId]?.confirmedDown) return { confirmed: false, reason: `${nodeId} was evicted as down` };
  const isItsTurn = nodeId === ask.nodeId && epoch === ask.epoch;
  if (isItsTurn && (step.name === 'drained' || step.name === 'activated')) return { confirmed: true };
  if (isItsTurn) return { confirmed: false, reason: `the turn of ${nodeId} is not to go down: ${step.name}` };
  return { confirmed: false, reason: `the token is with ${nodeId}, epoch ${epoch}` };
};

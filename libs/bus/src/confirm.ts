import { confirmSubject, type ConfirmAsk, type ConfirmReply } from '@baton/contracts';
import type { Msg } from '@nats-io/transport-node';
import { readAddressed, request } from './ask-node.js';
import type { Bus } from './connect.js';
import { parseConfirmAsk, parseConfirmReply } from './node-messages.js';

/** The agent's question before it goes down; undefined: no answer, so no reboot. */
export const askConfirm = (bus: Bus, ask: ConfirmAsk, timeoutMs = 2_000): Promise<ConfirmReply | undefined> =>
  request(bus, confirmSubject(ask.clusterId, ask.nodeId), ask, timeoutMs, parseConfirmReply);

const answer = async (bus: Bus, message: Msg, confirm: (ask: ConfirmAsk) => Promise<ConfirmReply>): Promise<void> => {
  const ask = readAddressed(bus, message, parseConfirmAsk, (it) => confirmSubject(it.clusterId, it.nodeId));
  if (!ask) return;
  try {
    message.respond(JSON.stringify(await confirm(ask)));
  } catch {
    // Without an answer the node stays up, and asks again.
  }
};

/** Answers the agents' questions, in every replica: the first answer counts, so one that hangs keeps no node waiting. The result ends it. */
export const serveConfirm = (bus: Bus, confirm: (ask: ConfirmAsk) => Promise<ConfirmReply>): (() => void) => {
  const subscription = bus.nc.subscribe(confirmSubject('*', '*'), {
    callback: (_error, message) => void answer(bus, message, confirm),
  });
  return () => subscription.unsubscribe();
};

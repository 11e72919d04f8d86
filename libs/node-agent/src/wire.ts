import type { Answer, ConfirmAsk, ConfirmReply, Heartbeat, NodeHello } from '@baton/contracts';

/** The agent's way to the services. */
export interface Wire {
  /** Resolves when the report was taken; rejects when it has to be sent again. */
  report(answer: Answer): Promise<void>;
  /** The same for what a node says at its start. */
  hello(hello: NodeHello): Promise<void>;
  /** May get lost. */
  heartbeat(heartbeat: Heartbeat): void;
  /** The question before it goes down; undefined: no answer came. */
  confirm(ask: ConfirmAsk): Promise<ConfirmReply | undefined>;
}

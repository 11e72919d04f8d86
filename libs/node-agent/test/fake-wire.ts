import type { Answer, ConfirmAsk, ConfirmReply, Heartbeat, NodeHello } from '@baton/contracts';
import type { Wire } from '../src/index.js';

/** Services that take everything and confirm every turn, until a test says otherwise. */
export class FakeWire implements Wire {
  readonly reports: Answer[] = [];
  readonly hellos: NodeHello[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly confirms: ConfirmAsk[] = [];
  /** What becomes of a report or a hello; a rejection: it was not taken. */
  takes = (): Promise<void> => Promise.resolve();
  confirmsWith = (): Promise<ConfirmReply | undefined> => Promise.resolve({ confirmed: true });

  report(answer: Answer): Promise<void> {
    this.reports.push(answer);
    return this.takes();
  }

  hello(hello: NodeHello): Promise<void> {
    this.hellos.push(hello);
    return this.takes();
  }

  heartbeat(heartbeat: Heartbeat): void {
    this.heartbeats.push(heartbeat);
  }

  confirm(ask: ConfirmAsk): Promise<ConfirmReply | undefined> {
    this.confirms.push(ask);
    return this.confirmsWith();
  }
}

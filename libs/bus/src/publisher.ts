import { eventSubject } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { PubHeaders } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { toCloudEvent } from './cloud-event.js';
import { Signal } from './signal.js';

const WINDOW = 256;
const ANSWER_MS = 2_000;

interface PublishAck {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly description?: string };
}

/** Publishes events so that the server gives each its position as sequence, or refuses it. Many are in flight at once. */
export class Publisher {
  private readonly inbox = createInbox();
  private readonly subscription: Subscription;
  private readonly answer = new Signal();
  // Answers to an earlier call may still come in; the round tells them apart.
  private round = 0;
  private sent = 0;
  private answered = 0;
  private duplicates = 0;
  private problem: string | undefined;
  private lost = false;

  constructor(private readonly nc: NatsConnection) {
    // One inbox and a count: a promise and a timer a message would cost six times as much.
    this.subscription = nc.subscribe(`${this.inbox}.*.*`, { callback: (_error, message) => this.take(message) });
  }

  /**
   * Resolves when the server has all of them, with how many it had before. Rejects with the first problem, after
   * everything in flight has settled.
   */
  async publish(events: readonly Recorded[]): Promise<{ readonly duplicates: number }> {
    this.round += 1;
    this.sent = this.answered = this.duplicates = 0;
    this.problem = undefined;
    this.lost = false;
    for (const event of events) {
      await this.settle(WINDOW - 1);
      if (this.problem !== undefined) break;
      this.send(event);
    }
    await this.settle(0);
    if (this.problem !== undefined) throw new Error(this.problem);
    return { duplicates: this.duplicates };
  }

  /** The connection broke: answers to what is in flight will never come. */
  abandon(): void {
    this.problem ??= 'the connection was lost';
    this.lost = true;
    this.answer.fire();
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private send(event: Recorded): void {
    const header = headers();
    // With the hash: a duplicate is the same event, not just another one at this position.
    header.set(PubHeaders.MsgIdHdr, `${event.position}.${event.hash}`);
    header.set(PubHeaders.ExpectedLastSeqHdr, String(event.position - 1));
    this.nc.publish(eventSubject(event), toCloudEvent(event), {
      headers: header,
      reply: `${this.inbox}.${this.round}.${event.position}`,
    });
    this.sent += 1;
  }

  private async settle(inFlightMax: number): Promise<void> {
    while (!this.lost && this.sent - this.answered > inFlightMax) {
      if (await this.answer.wait(ANSWER_MS)) continue;
      this.problem ??= `no answer from JetStream within ${ANSWER_MS} ms`;
      this.lost = true;
    }
  }

  private take(message: Msg): void {
    const [round, position] = message.subject.slice(this.inbox.length + 1).split('.');
    if (Number(round) !== this.round) return;
    this.answered += 1;
    const ack = readAck(message);
    if (ack.error) this.problem ??= `position ${position} was refused: ${ack.error.description ?? 'no reason given'}`;
    else if (ack.seq !== Number(position)) this.problem ??= `position ${position} got sequence ${ack.seq ?? 'none'}`;
    if (ack.duplicate) this.duplicates += 1;
    this.answer.fire();
  }
}

const readAck = (message: Msg): PublishAck => {
  if (message.headers?.code) return { error: { description: `status ${message.headers.code}` } };
  try {
    return message.json<PublishAck>();
  } catch {
    return { error: { description: 'the answer is not JSON' } };
  }
};

import { askKey, isQuestion, type Answer, type Ask, type NodeCommand } from '@baton/contracts';
import type { HostPorts } from './ports.js';

const RESEND_MAX_MS = 30_000;
/** Nodes that one instance waits for at a time: a thousand asked at once would all be late for each other's sake. */
const AT_ONCE_MAX = 32;

/** So many messages in a row may get lost; then the node is silent. */
const LOST_MAX = 1;

interface Standing {
  ask: Ask;
  /** How often it was sent; the back-off grows with it, and only the last sending plans the next. */
  sent: number;
  /** Of these, how many were sent before the bus was last away: back-off and silence begin anew after that. */
  sentBefore: number;
  /** Monotonic time since when there has been no answer at all; undefined: the last one came. */
  silentSince: number | undefined;
  /** Answered, or met with silence that is more than a lost message. */
  settled: boolean;
  cancelTimer: () => void;
  /** The last sending is on its way. */
  awaited: boolean;
}

export interface AskEvents {
  readonly answered: (answer: Answer) => void;
  readonly silent: (ask: Ask, forMs: number) => void;
}

/**
 * Keeps what a stage wants of nodes in flight: what is new goes out at once, the rest again with back-off, questions at
 * their own pace. What is no longer wanted is forgotten. That is all there is to resuming.
 */
export class Asks {
  private readonly standing = new Map<string, Standing>();
  private stopped = false;
  private waitedFor = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly ports: HostPorts,
    private readonly events: AskEvents,
  ) {}

  /** `firstDelayMs`: how long a new ask waits, 0 unless another replica is about to send it. */
  want(asks: readonly Ask[], firstDelayMs: number): void {
    if (this.stopped) return;
    const wanted = new Set<string>();
    for (const ask of asks) {
      const key = askKey(ask);
      wanted.add(key);
      const known = this.standing.get(key);
      if (!known) this.begin(key, ask, firstDelayMs);
      else {
        known.ask = ask;
        // It was left to another replica, and now it is this one's turn.
        if (firstDelayMs === 0 && known.sent === 0) this.sendNow(key, known);
      }
    }
    for (const [key, standing] of this.standing) {
      if (wanted.has(key)) continue;
      standing.cancelTimer();
      this.standing.delete(key);
    }
  }

  /** A node gave a sign of life: what it was asked and has not answered is asked again now, not after a time-out. */
  nudge(nodeId: string): void {
    for (const [key, standing] of this.standing) {
      const { ask, awaited, silentSince } = standing;
      if (ask.nodeId !== nodeId || !isQuestion(ask.verb) || (!awaited && silentSince === undefined)) continue;
      this.sendNow(key, standing);
    }
  }

  /** No answer so far counts for now: all that stands goes out again. */
  again(): void {
    for (const [key, standing] of this.standing) {
      standing.settled = false;
      standing.silentSince = undefined;
      standing.sentBefore = standing.sent;
      this.sendNow(key, standing);
    }
  }

  /** The node carried out an order: what it is asked besides shows that now, and need not wait for its next turn. */
  private lookAt(nodeId: string): void {
    for (const [key, standing] of this.standing) {
      const { ask } = standing;
      if (ask.nodeId !== nodeId || !isQuestion(ask.verb)) continue;
      this.sendNow(key, standing);
    }
  }

  /** Every ask was sent by this process and answered, or its node is silent. */
  settled(): boolean {
    return [...this.standing.values()].every((standing) => standing.settled);
  }

  stop(): void {
    this.stopped = true;
    for (const standing of this.standing.values()) standing.cancelTimer();
    this.standing.clear();
    for (const goOn of this.queue.splice(0)) goOn();
  }

  private begin(key: string, ask: Ask, delayMs: number): void {
    const standing: Standing = {
      ask,
      sent: 0,
      sentBefore: 0,
      silentSince: undefined,
      settled: false,
      cancelTimer: () => undefined,
      awaited: false,
    };
    this.standing.set(key, standing);
    this.sendAfter(key, standing, delayMs);
  }

  private sendAfter(key: string, standing: Standing, delayMs: number): void {
    if (delayMs === 0) return void this.send(key, standing);
    standing.cancelTimer = this.ports.clock.after(delayMs, () => void this.send(key, standing));
  }

  private sendNow(key: string, standing: Standing): void {
    standing.cancelTimer();
    void this.send(key, standing);
  }

  private async send(key: string, standing: Standing): Promise<void> {
    const sending = (standing.sent += 1);
    standing.awaited = true;
    if (this.waitedFor >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.queue.push(resolve));
    // It may have been answered by a report, or be no longer wanted, while it stood in the queue.
    if (this.standing.get(key) !== standing || this.stopped) return this.queue.shift()?.();
    this.waitedFor += 1;
    const began = this.ports.clock.monotonic();
    const answer = await this.exchange(standing.ask);
    this.waitedFor -= 1;
    this.queue.shift()?.();
    // Without the bus nobody can answer: that says nothing about the node, and it is to be asked again.
    const isHeard = answer !== undefined || this.ports.connected();
    const overtaken = standing.sent !== sending;
    const isSettled = answer !== undefined || (isHeard && sending - standing.sentBefore > LOST_MAX);
    // An earlier sending that got lost takes back nothing of what a later one met.
    if (isSettled || !overtaken) standing.settled = isSettled;
    if (this.standing.get(key) !== standing || this.stopped) return;
    // The silence that an earlier sending met is old news when a later one is on its way.
    if (overtaken && !answer) return;
    if (!overtaken) standing.awaited = false;
    // Before the next sending is planned: what the answer settles is often no longer wanted.
    if (answer) {
      standing.silentSince = undefined;
      this.events.answered(answer);
      if (answer.status === 'done' && !isQuestion(answer.verb)) this.lookAt(answer.nodeId);
    } else if (!isHeard) {
      standing.silentSince = undefined;
    } else {
      standing.silentSince ??= began;
      this.events.silent(standing.ask, this.ports.clock.monotonic() - standing.silentSince);
    }
    if (this.standing.get(key) === standing && !overtaken) this.sendAfter(key, standing, this.pause(standing));
  }

  private pause({ ask, sent, sentBefore, silentSince }: Standing): number {
    const isReached = silentSince === undefined && this.ports.connected();
    if (isQuestion(ask.verb)) return isReached ? (ask.everyMs ?? this.ports.resendMs) : this.ports.resendMs;
    return Math.min(RESEND_MAX_MS, this.ports.resendMs * 2 ** Math.min(sent - sentBefore - 1, 10));
  }

  private async exchange(ask: Ask): Promise<Answer | undefined> {
    try {
      const { everyMs: _pace, ...command } = ask;
      const urls = ask.peers?.length ? await this.ports.urls(ask.clusterId, ask.peers) : undefined;
      return await this.ports.ask({ ...command, ...(urls && { urls }) } satisfies NodeCommand);
    } catch (error) {
      // No bus, no answer: the same as a silent node, and sent again.
      this.ports.logger.warn(`asking ${askKey(ask)} failed: ${(error as Error).message}`);
      return undefined;
    }
  }
}

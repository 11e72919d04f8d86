import type { Activation, Answer, NodeCommand } from '@baton/contracts';
import { answerTo, refused, type Ending } from './answers.js';
import { carryOut, type Means } from './carry-out.js';
import { pause } from './clock.js';
import { Failure, failureOf, type Reason } from './failure.js';
import { otherUpgrade, raise, refusalOf } from './floor.js';
import { goneFor, isGoingOver, isStaying, isToGoDown } from './going-over.js';
import { keyOf } from './journal.js';
import { Operation, TRANSFERS, TURNS } from './operation.js';
import { Running } from './running.js';

/** A reply costs less than a report, so what is nearly done is waited for. */
const QUICK_MS = 50;
/** How long a node that goes down gives its last report a chance. */
const FAREWELL_MS = 100;

export interface OrdersOptions extends Means {
  /** Sends what the journal owes; resolves when it was taken or failed. */
  readonly sendReports: () => Promise<void>;
  /** The machine runs something else by now, and this agent has outlived the change. */
  readonly sayAnew: () => Promise<void>;
}

/** Takes orders one after the other, carries each out once, and answers a repeated one with what became of it. */
export class Orders {
  private readonly running = new Running();
  private admission: Promise<unknown> = Promise.resolve();
  private isStopped = false;

  constructor(private readonly means: OrdersOptions) {}

  async take(command: NodeCommand): Promise<Answer> {
    const admitted = this.admission.then(() => this.admit(command));
    this.admission = admitted.catch(() => undefined);
    const first = await admitted;
    return first instanceof Operation ? this.firstAnswer(first) : first;
  }

  /** The transfer that runs, if one does. */
  transfer(): ReturnType<Running['transfer']> {
    return this.running.transfer();
  }

  /** The agent's life is over; what runs is as if it had never been ordered. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running.abort(() => true, new Failure('stopped', 'The agent stops.'));
    await this.admission;
  }

  private async admit(command: NodeCommand): Promise<Answer | Operation> {
    this.throwIfStopped();
    const { journal } = this.means;
    const known = journal.find(command);
    if (known?.upgradeId === command.upgradeId && command.upgradeNo >= journal.floor.upgradeNo) return known;
    const running = this.running.find(command);
    if (running?.command.upgradeId === command.upgradeId) {
      return this.answer(command, { status: 'running', progress: running.progress });
    }
    if (command.verb === 'cancel') return this.cancel(command);
    const other = known ?? running?.command;
    const refusal = refusalOf(journal.floor, command) ?? (other ? otherUpgrade(other) : this.lateAttempt(command));
    if (refusal) return this.answer(command, refused(refusal));
    // INV-13: what is past its last look is on record before a higher epoch is seen, or it would go over for a lower one.
    await this.running.supersede(command);
    await this.raise(command);
    this.throwIfStopped();
    const operation = new Operation(command);
    this.running.begin(operation, () => this.run(operation));
    return operation;
  }

  private async firstAnswer(operation: Operation): Promise<Answer> {
    const { clock } = this.means;
    const quick = await Promise.race([operation.ended, pause(clock, QUICK_MS)]);
    if (quick) return quick;
    if (operation.isEnding) return operation.ended;
    operation.isOwed = true;
    return this.answer(operation.command, { status: 'accepted' });
  }

  private async run(operation: Operation): Promise<Answer> {
    const { command } = operation;
    let isLeaving = false;
    try {
      const ending = await this.ending(operation);
      this.throwIfStopped();
      operation.isEnding = true;
      const answer = await this.answer(command, ending);
      // It takes nothing down and may be done twice, so the same attempt is made again until it is done.
      if (command.verb === 'finalize' && ending.status === 'failed') return answer;
      await this.means.journal.record(answer, operation.isOwed);
      isLeaving = isGoingOver(command.verb) && isToGoDown(ending);
      if (isLeaving) void this.goDown(operation);
      else if (operation.isOwed) void this.means.sendReports();
      if (TURNS.has(command.verb) && isStaying(command.verb, ending)) await this.means.driver.undrain();
      return answer;
    } finally {
      if (!isLeaving) this.running.end(operation);
    }
  }

  private async ending(operation: Operation): Promise<Ending> {
    try {
      return { status: 'done', outcome: await carryOut(this.means, operation) };
    } catch (error) {
      const why: unknown = operation.signal.aborted ? operation.signal.reason : error;
      const { reason, message } = failureOf(why);
      return { status: 'failed', reason, message };
    }
  }

  /** N-11: the wanted partition is the active one by now. */
  private async goDown(operation: Operation): Promise<void> {
    const { clock, driver, sendReports } = this.means;
    const { args, epoch = 0 } = operation.command;
    await Promise.race([sendReports(), pause(clock, FAREWELL_MS)]);
    // It went down meanwhile for another reason, and what comes up must not be taken down again.
    if (this.isStopped) return;
    const activation: Activation = args.activation ?? 'reboot';
    // A machine that does not go down is found late by who waits for it; it is not tried again, as its turn may be over by then.
    await driver.boot({ activation, epoch }).catch(() => undefined);
    this.running.end(operation);
    // Processes that restart leave the agent, which has no start of its own at which to say what runs now.
    if (activation === 'restart' && !this.isStopped) void this.means.sayAnew();
  }

  private raise(command: NodeCommand): Promise<void> {
    const { journal } = this.means;
    return journal.raise(raise(journal.floor, command));
  }

  private lateAttempt({ upgradeNo, verb, attempt }: NodeCommand): Reason | undefined {
    if (!TRANSFERS.has(verb)) return undefined;
    const running = this.running.all().map(({ command }) => command);
    const others = [...running, ...this.means.journal.ofVerb(upgradeNo, verb)];
    const isLate = others.some((one) => one.verb === verb && one.upgradeNo === upgradeNo && one.attempt > attempt);
    return isLate ? { reason: 'stale-attempt', message: `A later attempt than ${attempt} was made.` } : undefined;
  }

  private async cancel(command: NodeCommand): Promise<Answer> {
    const refusal = (await this.whyNotCancel(command)) ?? (await this.giveUp(command));
    const outcome = { facts: await this.means.facts() };
    const life = await this.means.driver.health();
    const gone = goneFor(this.means.journal, command.upgradeNo, command.epoch ?? 0, life);
    // As with a repeated order, the life that went over speaks: by it the facts show whether the node is back from that.
    const who = refusal?.reason === 'activated' ? (gone ?? life) : life;
    return answerTo(command, who, refusal ? refused(refusal, outcome) : { status: 'done', outcome });
  }

  private async whyNotCancel(command: NodeCommand): Promise<Reason | undefined> {
    const { journal, driver } = this.means;
    const { args, epoch, upgradeNo } = command;
    const verb = args.cancels?.verb;
    if (!verb || !(TRANSFERS.has(verb) || TURNS.has(verb))) {
      return { reason: 'not-cancellable', message: `${verb ?? 'Nothing'} cannot be cancelled.` };
    }
    const stale = refusalOf(journal.floor, { ...command, verb: 'cancel' });
    if (stale) return stale;
    if (TRANSFERS.has(verb)) return undefined;
    if (epoch === undefined) return { reason: 'epoch-missing', message: `To cancel ${verb} needs its epoch.` };
    const committed = this.running.all().find((one) => one.isCommitted && (one.command.epoch ?? 0) <= epoch);
    const gone = committed?.command ?? goneFor(journal, upgradeNo, epoch, await driver.health());
    if (!gone) return undefined;
    if (gone.epoch === epoch) return { reason: 'activated', message: `The node has gone over for epoch ${epoch}.` };
    return { reason: 'goes-down', message: `The node still goes down for epoch ${gone.epoch}.` };
  }

  /** When this resolves with nothing, nothing of what is cancelled runs or will ever run. */
  private async giveUp(command: NodeCommand): Promise<Reason | undefined> {
    const { args, epoch } = command;
    const { verb, attempt } = args.cancels ?? command;
    const why = new Failure('cancelled', `${verb} was cancelled.`);
    if (TURNS.has(verb)) {
      await this.running.abort((one) => one.command.epoch !== undefined && one.command.epoch <= (epoch ?? 0), why);
      // It may have been confirmed while this was waiting, and then it goes down whatever it is told.
      const tooLate = await this.whyNotCancel(command);
      if (tooLate) return tooLate;
      await this.raise(command);
      await this.means.driver.undrain();
      return undefined;
    }
    await this.raise(command);
    const named = { ...command, verb, attempt, args: {} };
    await this.running.abort((one) => keyOf(one.command) === keyOf(named), why);
    if (this.means.journal.find(named)) return undefined;
    const never = await this.answer(named, { status: 'failed', reason: why.reason, message: why.message });
    await this.means.journal.record(never, false);
    return undefined;
  }

  private throwIfStopped(): void {
    if (this.isStopped) throw new Error('the agent has stopped');
  }

  private async answer(command: NodeCommand, ending: Ending): Promise<Answer> {
    return answerTo(command, await this.means.driver.health(), ending);
  }
}

import type { Answer, NodeCommand, Verb } from '@baton/contracts';
import { Failure } from './failure.js';
import { keyOf } from './journal.js';
import { TRANSFERS, TURNS, type Operation } from './operation.js';

/** The orders that are being carried out, and those that still go down. */
export class Running {
  private readonly operations = new Map<string, Operation>();

  all(): readonly Operation[] {
    return [...this.operations.values()];
  }

  find(command: NodeCommand): Operation | undefined {
    return this.operations.get(keyOf(command));
  }

  begin(operation: Operation, run: () => Promise<Answer>): void {
    this.operations.set(keyOf(operation.command), operation);
    operation.begin(run);
  }

  end({ command }: Operation): void {
    this.operations.delete(keyOf(command));
  }

  /** The transfer that runs, if one does. */
  transfer(): { readonly verb: Verb; readonly progress: number } | undefined {
    const found = this.all().find(({ command }) => TRANSFERS.has(command.verb));
    return found && { verb: found.command.verb, progress: found.progress };
  }

  /** Takes orders back; resolves when nothing of them goes on but going down. */
  async abort(isMeant: (operation: Operation) => boolean, why: Failure): Promise<void> {
    await Promise.all(
      this.all()
        .filter(isMeant)
        .map((operation) => operation.abort(why)),
    );
  }

  /** What a newer order makes pointless ends before that one begins. */
  supersede(by: NodeCommand): Promise<void> {
    const isOver = ({ command: { upgradeNo, verb, epoch } }: Operation): boolean =>
      upgradeNo < by.upgradeNo ||
      verb === by.verb ||
      (verb === 'stage' && TURNS.has(by.verb)) ||
      (epoch !== undefined && by.epoch !== undefined && epoch < by.epoch);
    const message = `${by.verb} of upgrade ${by.upgradeNo}, attempt ${by.attempt}, came after it.`;
    return this.abort(isOver, new Failure('superseded', message));
  }
}

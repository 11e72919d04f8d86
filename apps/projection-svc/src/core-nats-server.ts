import type { Bus } from '@baton/bus';
import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, Subscription } from '@nats-io/transport-node';
import { isObservable, lastValueFrom } from 'rxjs';

/**
 * Nest's way to plain NATS subjects: an `@EventPattern` handler is called for each message in every replica and gets
 * no payload, since nothing here may rest on one; a `@MessagePattern` handler answers in one of the replicas.
 */
export class CoreNatsServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('CORE_NATS');
  private readonly subscriptions: Subscription[] = [];

  constructor(
    private readonly bus: Bus,
    /** Names the group of replicas, of which one answers. */
    private readonly service: string,
  ) {
    super();
  }

  listen(callback: () => void): void {
    for (const [subject, handler] of this.messageHandlers) {
      this.subscriptions.push(
        handler.isEventHandler
          ? this.bus.nc.subscribe(subject, { callback: () => void call(handler) })
          : this.bus.nc.subscribe(subject, {
              queue: this.service,
              callback: (_error, message) => void this.answer(handler, message),
            }),
      );
    }
    callback();
  }

  close(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  on(): never {
    throw new Error('there are no events to listen to');
  }

  unwrap<T>(): T {
    return this.bus.nc as T;
  }

  /** Who asks hears nothing when it fails, and asks again. */
  private async answer(handler: MessageHandler, message: Msg): Promise<void> {
    try {
      message.respond(JSON.stringify(await call(handler)));
    } catch (error) {
      this.logger.error(`${message.subject}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const call = async (handler: MessageHandler): Promise<unknown> => {
  const result: unknown = await handler(undefined, new BaseRpcContext([]));
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
};

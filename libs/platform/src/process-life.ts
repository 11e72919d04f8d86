import type { ConsoleLogger as Logger } from '@nestjs/common';
import { SettingsError } from './settings.js';

/** What a running service gives back: where it listens, and how it ends. */
export interface Running {
  readonly ports?: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 8_000;

/**
 * The life of a service's process: starts it, says that it is ready (to a parent process too), and ends it on SIGTERM,
 * SIGINT or when the parent is gone. A broken start or a bug ends the process: the log is the recovery.
 */
export const runService = async (logger: Logger, start: () => Promise<Running>): Promise<void> => {
  process.on('unhandledRejection', (reason) => crash(logger, reason));
  process.on('uncaughtException', (error) => crash(logger, error));
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    return crash(logger, error);
  }
  logger.log(`ready ${JSON.stringify(running.ports ?? {})}`);
  process.send?.({ type: 'ready', ports: running.ports ?? {} });

  let closing = false;
  const close = (why: string): void => {
    if (closing) return;
    closing = true;
    logger.log(`stopping: ${why}`);
    // Ending late is worse than ending hard: what was answered is in the log.
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    void running.close().then(
      () => process.exit(0),
      (error: unknown) => crash(logger, error),
    );
  };
  process.on('SIGTERM', () => close('SIGTERM'));
  process.on('SIGINT', () => close('SIGINT'));
  // Only a child that was started with a channel gets this, when its parent died.
  process.on('disconnect', () => close('the parent process is gone'));
};

const crash = (logger: Logger, reason: unknown): void => {
  if (reason instanceof SettingsError) logger.fatal(reason.message);
  else logger.fatal(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  process.exit(1);
};

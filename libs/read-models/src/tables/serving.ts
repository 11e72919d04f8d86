import { isPassing, UnavailableError } from '@baton/event-log';
import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import { isTableMissing } from './ensure-tables.js';
import { CheckpointRow } from './rows.js';

/** No generation of the read models serves yet: they are being filled from the log. Ask again. */
export class ReadModelsNotReadyError extends Error {
  override readonly name = 'ReadModelsNotReadyError';

  constructor() {
    super('the read models are being filled from the log; ask again in a moment');
  }
}

/** The error of a question as its asker should see it: not ready yet, Postgres away, or as it is. */
export const readError = (error: unknown): unknown => {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (cause instanceof ReadModelsNotReadyError) return cause;
  if (isTableMissing(cause)) return new ReadModelsNotReadyError();
  return isPassing(cause) ? new UnavailableError(cause) : error;
};

/** One snapshot for all questions of an answer: the tables as they stood at one checkpoint of the generation that serves. */
export const inSnapshot = <T>(
  source: DataSource,
  ask: (manager: EntityManager, generation: number) => Promise<T>,
): Promise<T> =>
  source.transaction('REPEATABLE READ', async (manager) => {
    const checkpoint = await manager.findOne(CheckpointRow, { where: { serving: true } });
    if (!checkpoint) throw new ReadModelsNotReadyError();
    return ask(manager, checkpoint.generation);
  });

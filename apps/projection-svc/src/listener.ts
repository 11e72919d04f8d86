import { EVENTS_SUBJECTS, REBUILD_SUBJECT, type RebuildReply } from '@baton/contracts';
import { ReadModelRunner } from '@baton/read-models';
import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';

/** What this service listens to: the bus only wakes it, everything it folds it reads from the log. */
@Controller()
export class ProjectionListener {
  constructor(private readonly runner: ReadModelRunner) {}

  @EventPattern<string>(EVENTS_SUBJECTS)
  onEvent(): void {
    this.runner.wake();
  }

  @MessagePattern<string>(REBUILD_SUBJECT)
  onRebuild(): Promise<RebuildReply> {
    return this.runner.rebuild();
  }
}

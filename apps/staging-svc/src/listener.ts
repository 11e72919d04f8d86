import type { Answer } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { StageHost } from '@baton/stage-host';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** What this service listens to; everything else is decided by its stage. */
@Controller()
export class StagingListener {
  constructor(private readonly host: StageHost) {}

  @EventPattern<string>('events.upgrade')
  onUpgrade(@Payload() event: Recorded): Promise<void> {
    return this.host.react(event);
  }

  @EventPattern<string>('events.distribution')
  onDistribution(@Payload() event: Recorded): Promise<void> {
    return this.host.react(event);
  }

  @EventPattern<string>('events.staging')
  onStaging(@Payload() event: Recorded): Promise<void> {
    return this.host.react(event);
  }

  @EventPattern<string>('reports.staging')
  onReport(@Payload() answer: Answer): Promise<void> {
    return this.host.report(answer);
  }
}

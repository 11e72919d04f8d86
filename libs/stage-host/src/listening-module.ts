import type { Answer, StageName } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { Controller, type DynamicModule } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { StageHost } from './stage-host.js';

/** The Nest module of a service whose stages decide everything: its one controller hands on what the bus delivers. */
export const listeningModule = (
  host: StageHost,
  { events, reports }: { readonly events: readonly string[]; readonly reports: StageName },
): DynamicModule => {
  @Controller()
  class StageListener {
    @EventPattern<readonly string[]>(events.map((category) => `events.${category}`))
    onEvent(@Payload() event: Recorded): Promise<void> {
      return host.react(event);
    }

    @EventPattern<string>(`reports.${reports}`)
    onReport(@Payload() answer: Answer): Promise<void> {
      return host.report(answer);
    }
  }

  return { module: StageModule, controllers: [StageListener] };
};

class StageModule {}

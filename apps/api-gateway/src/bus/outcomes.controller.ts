import { OUTCOMES, decideOutcome, foldCluster, foldIntent, noCluster, noIntent } from '@baton/domain';
import { eventId, type Recorded } from '@baton/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ulid } from 'ulid';
import { Intake } from '../intake/intake.js';
import { catalogueOf } from '../upgrades/requests.service.js';

/** Ends upgrades: what another stage came to, as the end of the whole and of the freeze in one append. */
@Controller()
export class OutcomesController {
  constructor(private readonly intake: Intake) {}

  @EventPattern<string>('events.precheck')
  onPrecheck(@Payload() event: Recorded): Promise<void> {
    return this.conclude(event);
  }

  @EventPattern<string>('events.rollout')
  onRollout(@Payload() event: Recorded): Promise<void> {
    return this.conclude(event);
  }

  private async conclude(event: Recorded): Promise<void> {
    if (!OUTCOMES.has(event.type) || event.upgrade === undefined) return;
    const own = `upgrade-${event.upgrade}`;
    const stream = `cluster-${event.cluster}`;
    const causationId = eventId(event);
    // Of the next hop, when the upgrade has one.
    const upgradeId = `u${ulid().toLowerCase()}`;
    // The id is the event's: delivered again, to whichever replica, it is answered and not carried out.
    await this.intake.write(
      {
        ...{ own, cluster: event.cluster, upgrade: event.upgrade },
        streams: [stream, `upgrade-${upgradeId}`],
        also: event.type === 'RolloutCompleted' ? [{ cluster: '-', categories: ['release'] }] : [],
        decide: ({ of, also: [releases = []] }) => {
          const [intent, cluster] = [of(own).reduce(foldIntent, noIntent), of(stream).reduce(foldCluster, noCluster)];
          return decideOutcome(event, intent, cluster, { upgradeId, catalogue: catalogueOf(releases) });
        },
      },
      {
        ...{ commandId: `gateway:${causationId}`, actor: 'api-gateway', causationId },
        ...{ correlationId: event.meta.correlationId, isRepeatable: false },
      },
    );
  }
}

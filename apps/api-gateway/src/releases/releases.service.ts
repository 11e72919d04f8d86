import type { EventLog } from '@baton/contracts';
import { decideRelease, foldRelease, noRelease, type CatalogueEntry, type ReleaseCommand } from '@baton/domain';
import { Inject, Injectable } from '@nestjs/common';
import { Intake, type Written } from '../intake/intake.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { LOG } from '../tokens.js';

const streamOf = (version: string): string => `release-${version}`;

/** Releases belong to no cluster. */
const NO_CLUSTER = '-';

@Injectable()
export class ReleasesService {
  constructor(
    private readonly intake: Intake,
    @Inject(LOG) private readonly log: EventLog,
  ) {}

  change(version: string, command: ReleaseCommand, origin: Origin): Promise<Written> {
    const own = streamOf(version);
    return this.intake.write(
      { own, cluster: NO_CLUSTER, decide: ({ of }) => decideRelease(command, of(own).reduce(foldRelease, noRelease)) },
      origin,
    );
  }

  /** As the log has it now: an upload follows its registration at once. */
  async get(version: string): Promise<CatalogueEntry> {
    const events = await readAll(this.log, { streams: [streamOf(version)] });
    return events.reduce(foldRelease, noRelease);
  }
}

import type { EventLog, RebuildReply } from '@baton/contracts';
import type { Check } from '@baton/domain';
import type { HealthCheck } from '@baton/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ArtifactStore } from './artifacts/artifact-store.js';
import { ArtifactsController } from './artifacts/artifacts.controller.js';
import { HellosController } from './bus/hellos.controller.js';
import { OutcomesController } from './bus/outcomes.controller.js';
import { BackupsController } from './clusters/backups.controller.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { ClustersService } from './clusters/clusters.service.js';
import { SlotsController } from './clusters/slots.controller.js';
import { EventsController } from './events/events.controller.js';
import { HeadWatch } from './events/head-watch.js';
import { FRONT_CONTROLLERS, frontProviders, type FrontSettings } from './fronts/fronts.js';
import { HealthController } from './health/health.controller.js';
import { Intake } from './intake/intake.js';
import { PlansController } from './plans/plans.controller.js';
import type { Inspect, Liveness, ParkedView, Reads, Wakes } from './ports.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { InputPipe } from './problems/validation.js';
import { ProjectionsController } from './projections.controller.js';
import { ReleasesController } from './releases/releases.controller.js';
import { ReleasesService } from './releases/releases.service.js';
import type { Strategies } from './strategies/load-strategies.js';
import type { Tables } from './tables/load-tables.js';
import { StrategiesController } from './strategies/strategies.controller.js';
import { StrategiesService } from './strategies/strategies.service.js';
import {
  CHECKS,
  DEFAULT_STRATEGY,
  INSPECT,
  LIVENESS,
  LOG,
  PARKED,
  PRECHECKS,
  READS,
  REBUILD,
  STRATEGIES,
  TABLES,
  WAKES,
} from './tokens.js';
import { CommandsService } from './upgrades/commands.service.js';
import { RequestsService } from './upgrades/requests.service.js';
import { StuckService } from './upgrades/stuck.service.js';
import { UpgradesController } from './upgrades/upgrades.controller.js';

/** What the gateway is made of, beside its own code. */
export interface GatewayParts {
  readonly log: EventLog;
  readonly reads: Reads;
  readonly strategies: Strategies;
  /** The name of the one that a request follows which names none. */
  readonly defaultStrategy: string;
  readonly tables: Tables;
  /** All that there are. */
  readonly prechecks: readonly Check[];
  readonly artifacts: ArtifactStore;
  readonly fronts: FrontSettings;
  readonly liveness: Liveness;
  readonly inspect: Inspect;
  readonly wakes: Wakes;
  /** By the name of the dependency. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** Has the read models filled again; resolves when that has begun. */
  readonly rebuild: () => Promise<RebuildReply>;
  /** What waits until somebody unparks it, of every service. */
  readonly parked: () => Promise<readonly ParkedView[]>;
}

@Module({})
export class GatewayModule {
  static with(parts: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        ...[ClustersController, ReleasesController, ArtifactsController, UpgradesController, PlansController],
        ...[StrategiesController, BackupsController, SlotsController, ...FRONT_CONTROLLERS],
        ...[EventsController, ProjectionsController, HealthController, OutcomesController, HellosController],
      ],
      providers: [
        { provide: LOG, useValue: parts.log },
        { provide: READS, useValue: parts.reads },
        { provide: STRATEGIES, useValue: parts.strategies },
        { provide: DEFAULT_STRATEGY, useValue: parts.defaultStrategy },
        { provide: TABLES, useValue: parts.tables },
        { provide: PRECHECKS, useValue: parts.prechecks },
        { provide: LIVENESS, useValue: parts.liveness },
        { provide: INSPECT, useValue: parts.inspect },
        { provide: WAKES, useValue: parts.wakes },
        { provide: CHECKS, useValue: parts.checks },
        { provide: PARKED, useValue: parts.parked },
        { provide: REBUILD, useValue: parts.rebuild },
        { provide: ArtifactStore, useValue: parts.artifacts },
        { provide: Intake, useFactory: (log: EventLog) => new Intake(log), inject: [LOG] },
        ...frontProviders(parts.fronts),
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: InputPipe },
        ...[
          ClustersService,
          ReleasesService,
          StrategiesService,
          RequestsService,
          StuckService,
          CommandsService,
          HeadWatch,
        ],
      ],
    };
  }
}

import { ReadModelRunner } from '@baton/read-models';
import type { DynamicModule } from '@nestjs/common';
import { ProjectionListener } from './listener.js';

export class ProjectionModule {
  static with(runner: ReadModelRunner): DynamicModule {
    return {
      module: ProjectionModule,
      controllers: [ProjectionListener],
      providers: [{ provide: ReadModelRunner, useValue: runner }],
    };
  }
}

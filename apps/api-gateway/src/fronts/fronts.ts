import type { Provider } from '@nestjs/common';
import { resolve } from 'node:path';
import { AviController } from './avi.controller.js';
import { AVI, AviService, type AviSettings } from './avi.service.js';
import { FleetLockController } from './fleetlock.controller.js';
import { QumuloController } from './qumulo.controller.js';

/** What the fronts are told. */
export interface FrontSettings {
  readonly avi: AviSettings;
}

export const FRONT_CONTROLLERS = [QumuloController, AviController, FleetLockController];

export const frontProviders = ({ avi }: FrontSettings): Provider[] => [{ provide: AVI, useValue: avi }, AviService];

/** From the settings of the gateway. */
export const frontSettings = ({
  aviRoot,
  aviStrategy,
}: {
  readonly aviRoot: string;
  readonly aviStrategy: string;
}): FrontSettings => ({ avi: { root: resolve(aviRoot), strategy: aviStrategy } });

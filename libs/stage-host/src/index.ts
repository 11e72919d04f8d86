export { RetryableError } from './errors.js';
export { loadChecks } from './load-checks.js';
export { openUpgrades, type OpenUpgrades } from './open-upgrades.js';
export { hosted, systemClock, type Clock, type HostedStage, type HostLogger, type HostPorts } from './ports.js';
export { runStageService, type StageServiceOptions } from './run-stage-service.js';
export { StageHost } from './stage-host.js';

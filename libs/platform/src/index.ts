export { serviceSettings } from './common-settings.js';
export { runChecks, serveHealth, type HealthCheck, type HealthReport } from './health.js';
export { createLogger } from './logger.js';
export { beginMetrics, counter, exposeHandling, gauge, metricsText } from './metrics.js';
export { runService, type Running } from './process-life.js';
export { clusters, flag, integer, milliseconds, oneOf, port, text, url, type ClusterSize } from './setting-kinds.js';
export { readSettings, SettingsError, type Setting, type Settings } from './settings.js';
export { SharedReads } from './shared-reads.js';

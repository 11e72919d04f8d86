export { type ClusterView } from './get-cluster/get-cluster.js';
export { statusAt } from './get-upgrade-status/status-at.js';
export { type ClusterNodeView } from './list-nodes/list-nodes.js';
export { type ReleaseView } from './list-releases/list-releases.js';
export { type UpgradesQuery } from './list-upgrades/list-upgrades.js';
export { type Page, type PageQuery } from './page.js';
export {
  ReadModelRunner,
  type RunnerLogger,
  type RunnerOptions,
  type RunnerState,
  type RunnerStatus,
} from './projection/runner.js';
export { ReadModels, type Filled, type ReadModelsOptions, type ReadModelsProgress } from './read-models.js';
export { dumpTables } from './tables/dump-tables.js';
export { ReadModelsNotReadyError } from './tables/serving.js';
export { FOLD_VERSION } from './tables/tables.js';

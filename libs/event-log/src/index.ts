export { assertDurable } from './durability.js';
export { FIRST_PREVIOUS_HASH, chainHash, digestOf, type Contents } from './digest.js';
export { DATA_BYTES_MAX } from './encode.js';
export {
  BadEventError,
  ForbiddenError,
  ImportRefusedError,
  NotDurableError,
  UnavailableError,
  UnknownOutcomeError,
} from './errors.js';
export { importEvents } from './import.js';
export { InMemoryEventLog, type InMemorySettings } from './in-memory.js';
export { PostgresEventLog, type PostgresSettings } from './postgres.js';
export { isPassing } from './retry.js';
export { migrate, type MigrationSettings } from './run-migrations.js';
export { SERVICE_ROLES, serviceUrl, type ServiceRole } from './service-roles.js';
export { ChainVerifier, verifyChain, type BrokenChain } from './verify-chain.js';

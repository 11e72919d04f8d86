export { freshDatabase, type FreshDatabase, type Migrate } from './database.js';
export { documented } from './documented.js';
export { eventually } from './eventually.js';
export { given, recorded, type Given } from './given-when-then.js';
export { MutePort } from './mute-port.js';
export { NameServer } from './name-server.js';
export { startNats, type TestNats } from './nats.js';
export { startPostgres, type TestPostgres } from './postgres.js';
export { renamed, shippedNames, shippedStrategy, shippedTable, shippedText, writeShipped } from './shipped.js';

export { Api, call, WITHIN_MS, type Answered, type UpgradeWish } from './api.js';
export { Clients } from './clients.js';
export { collectHistory, judge } from './history.js';
export { diskOf, heal, setFault, simulatedNodes, type Fault, type SimulatedNode } from './nodes.js';
export { loggedOf, onDatabase, readModelsOf, type Logged } from './database.js';
export { System } from './system.js';
export { LAST, NEW, NEXT, OLD, Trial, type Wait } from './trial.js';
export { Watch } from './watch.js';

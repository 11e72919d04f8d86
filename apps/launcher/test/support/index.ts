export { Api, call, WITHIN_MS, type Answered, type UpgradeWish } from './api.js';
export { Clients } from './clients.js';
export { collectHistory, judge } from './history.js';
export { diskOf, heal, setFault, simulatedNodes, type Fault, type SimulatedNode } from './nodes.js';
export { loggedOf, type Logged } from './logged.js';
export { System } from './system.js';
export { Watch } from './watch.js';

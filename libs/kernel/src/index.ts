export { assertNever } from './assert-never.js';
export { accept, nothing, refuse, type Change, type Decision, type Refusal } from './decision.js';
export { eventId, type Event, type Meta, type Recorded } from './event.js';
export { ID_PATTERN, UPGRADE_ID_PATTERN, categoryOf, instanceOf, isId, upgradeOf } from './ids.js';
export type { Due, Reads, Stage, Timed } from './stage.js';

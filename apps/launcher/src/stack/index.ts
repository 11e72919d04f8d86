export type { StackProcess } from './processes.js';
export type { ServiceName } from './services.js';
export { startStack, type PortName, type Stack, type StackOptions, type StackReport } from './start-stack.js';

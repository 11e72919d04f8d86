export { Agent, type AgentOptions } from './agent.js';
export { pause, systemClock, type Clock } from './clock.js';
export {
  otherPartition,
  type Driver,
  type HookPhase,
  type GoOver,
  type Health,
  type LastLook,
  type MachineFacts,
  type Transfer,
  type Written,
} from './driver.js';
export { syncFolder, writeDurably } from './durable.js';
export { Failure, failureOf, type Reason } from './failure.js';
export { Partitions, type Manifest } from './machine/partitions.js';
export { receiveArtifact, type ReceiveOptions } from './machine/receive-artifact.js';
export { PeerClient, type PeerClientOptions } from './peers/peer-client.js';
export { PeerEndpoint, type Copy, type PeerEndpointOptions } from './peers/peer-endpoint.js';
export { digestOf } from './transfer/digest.js';
export { Slots } from './transfer/slots.js';
export { fileSource, httpSource, type Source } from './transfer/source.js';
export type { Wire } from './wire.js';

import type { Answer } from './node-protocol.js';

/** What the host of a stage tells its rules; the same few for every stage. */
export type StageCommand =
  /** Something that the stage reads has changed: record what is now known. */
  | { readonly type: 'Advance' }
  /** A node answered, by reply or by report. */
  | { readonly type: 'NodeAnswered'; readonly answer: Answer }
  /** A node was asked and has given no answer at all for so long, by this process's monotonic clock. */
  | { readonly type: 'NodeSilent'; readonly nodeId: string; readonly verb: Answer['verb']; readonly forMs: number }
  /** A deadline of `due` came; `key` says which. */
  | { readonly type: 'DeadlinePassed'; readonly key: string };

/** What an operator may ask of an upgrade. */
export const OPERATOR_COMMANDS = [
  'commit',
  'approve',
  'pause',
  'resume',
  'waive',
  'retry',
  'skip',
  'evict',
  'rollback',
  'retarget',
  'abort',
  'finalize',
] as const;
export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number];

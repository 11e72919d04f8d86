import {
  STAGE_NAMES,
  VERBS,
  type Answer,
  type ConfirmAsk,
  type ConfirmReply,
  type Heartbeat,
  type NodeCommand,
  type NodeHello,
} from '@baton/contracts';
import {
  amount,
  each,
  fail,
  flag,
  id,
  integer,
  object,
  oneOf,
  optional,
  parseObject,
  text,
  texts,
  type Fields,
} from './fields.js';

// Each parser checks every field that the reader of the message relies on, and lets unknown ones pass:
// nodes of another version may send more. All throw MalformedError.

const STATUSES = ['accepted', 'running', 'done', 'failed', 'refused'] as const;
const PARTITIONS = ['A', 'B'] as const;
const PARTITION_STATES = ['good', 'bad', 'released', 'empty'] as const;

const zeroUp = (from: Fields, field: string): number => integer(from, field, 0);

const checkSender = (from: Fields): void => {
  id(from, 'clusterId');
  id(from, 'nodeId');
};

const checkKey = (from: Fields): void => {
  checkSender(from);
  oneOf(from, 'verb', VERBS);
  oneOf(from, 'stage', STAGE_NAMES);
  text(from, 'upgradeId');
  zeroUp(from, 'upgradeNo');
  text(from, 'instance');
  zeroUp(from, 'attempt');
  optional(from, 'epoch', zeroUp);
};

const checkPartition = (from: Fields, name: string): void => {
  const partition = object(from, name);
  oneOf(partition, 'state', PARTITION_STATES);
  optional(partition, 'version', text);
  optional(partition, 'sha256', text);
  optional(partition, 'ran', (of, field) => each(of, field, text));
};

const list = (from: Fields, field: string): readonly unknown[] => {
  const value = from[field];
  return Array.isArray(value) ? value : fail(field, 'is not a list');
};

const checkWorkloads = (from: Fields, field: string): void => {
  for (const one of list(from, field)) {
    const workload = object({ workload: one }, 'workload');
    text(workload, 'name');
    optional(workload, 'ha', text);
    optional(workload, 'protocols', (of, name) => {
      for (const protocol of list(of, name)) text({ protocol }, 'protocol');
    });
  }
};

const checkFacts = (from: Fields, field: string): void => {
  const facts = object(from, field);
  id(facts, 'nodeId');
  for (const name of ['bootId', 'runId', 'instanceId', 'failureDomain']) text(facts, name);
  oneOf(facts, 'active', PARTITIONS);
  oneOf(facts, 'passive', PARTITIONS);
  const partitions = object(facts, 'partitions');
  for (const name of PARTITIONS) checkPartition(partitions, name);
  each(facts, 'layers', text);
  each(facts, 'labels', text);
  each(facts, 'services', (of, key) => oneOf(of, key, ['up', 'down']));
  each(facts, 'components', (of, key) => oneOf(of, key, ['ok', 'degraded', 'down']));
  flag(facts, 'hypervisorUp');
  for (const name of ['healthyForMs', 'upForMs', 'freeBytes']) amount(facts, name);
  for (const name of ['upgradeNo', 'epoch']) zeroUp(facts, name);
  optional(facts, 'workloads', checkWorkloads);
  optional(facts, 'declared', (of, name) => each(of, name, text));
  optional(facts, 'formed', (of, name) => zeroUp(object(of, name), 'members'));
};

const checkEach = (from: Fields, field: string, check: (entry: Fields) => void): void => {
  const entries = from[field];
  if (!Array.isArray(entries)) return fail(field, 'is not a list');
  for (const entry of entries as unknown[]) check(object({ [field]: entry }, field));
};

const checkProbe = (from: Fields, field: string): void => {
  const probe = object(from, field);
  zeroUp(probe, 'reached');
  checkEach(probe, 'failures', (pair) => ['from', 'to', 'reason'].forEach((name) => text(pair, name)));
  optional(probe, 'ports', (of, name) =>
    checkEach(of, name, (sight) => {
      for (const part of ['to', 'seen']) text(sight, part);
      zeroUp(sight, 'port');
      flag(sight, 'ok');
    }),
  );
  optional(probe, 'names', (of, name) =>
    checkEach(of, name, (sight) => {
      for (const part of ['name', 'seen']) text(sight, part);
      optional(sight, 'server', text);
      flag(sight, 'ok');
    }),
  );
};

const checkWritten = (from: Fields, field: string): void => {
  const written = object(from, field);
  optional(written, 'partition', (of, name) => oneOf(of, name, PARTITIONS));
  text(written, 'sha256');
  amount(written, 'size');
};

const checkOutcome = (from: Fields, field: string): void => {
  const outcome = object(from, field);
  optional(outcome, 'facts', checkFacts);
  optional(outcome, 'url', text);
  optional(outcome, 'probe', checkProbe);
  optional(outcome, 'written', checkWritten);
  optional(outcome, 'alreadyActive', flag);
};

/** A reply of a node, or a report. */
export const parseAnswer = (bytes: Uint8Array): Answer => {
  const from = parseObject(bytes);
  checkKey(from);
  oneOf(from, 'status', STATUSES);
  text(from, 'bootId');
  text(from, 'runId');
  optional(from, 'reason', text);
  optional(from, 'message', text);
  optional(from, 'progress', amount);
  optional(from, 'outcome', checkOutcome);
  return from as unknown as Answer;
};

/** What a node says at each start. */
export const parseHello = (bytes: Uint8Array): NodeHello => {
  const from = parseObject(bytes);
  checkSender(from);
  text(from, 'url');
  checkFacts(from, 'facts');
  return from as unknown as NodeHello;
};

/** What a stage wants of a node. */
export const parseCommand = (bytes: Uint8Array): NodeCommand => {
  const from = parseObject(bytes);
  checkKey(from);
  object(from, 'args');
  optional(from, 'peers', texts);
  optional(from, 'urls', (of, field) => each(of, field, text));
  return from as unknown as NodeCommand;
};

export const parseHeartbeat = (bytes: Uint8Array): Heartbeat => {
  const from = parseObject(bytes);
  checkSender(from);
  for (const name of ['url', 'bootId']) text(from, name);
  oneOf(from, 'active', PARTITIONS);
  each(from, 'layers', text);
  flag(from, 'healthy');
  zeroUp(from, 'epoch');
  optional(from, 'transfer', (of, field) => {
    const transfer = object(of, field);
    oneOf(transfer, 'verb', VERBS);
    amount(transfer, 'progress');
  });
  return from as unknown as Heartbeat;
};

export const parseConfirmAsk = (bytes: Uint8Array): ConfirmAsk => {
  const from = parseObject(bytes);
  checkSender(from);
  text(from, 'upgradeId');
  text(from, 'instance');
  zeroUp(from, 'epoch');
  return from as unknown as ConfirmAsk;
};

export const parseConfirmReply = (bytes: Uint8Array): ConfirmReply => {
  const from = parseObject(bytes);
  flag(from, 'confirmed');
  optional(from, 'reason', text);
  return from as unknown as ConfirmReply;
};

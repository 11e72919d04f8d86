import type { ArtifactRef, Facts, HookRun, NodeCommand, Outcome } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { pause, type Clock } from './clock.js';
import type { Driver, GoOver, HookPhase } from './driver.js';
import { Failure } from './failure.js';
import type { Journal } from './journal.js';
import type { Operation } from './operation.js';
import type { PeerClient } from './peers/peer-client.js';
import { httpSource, type Source } from './transfer/source.js';
import type { Wire } from './wire.js';

const CONFIRM_EVERY_MS = 1_000;

/** What orders are carried out with. */
export interface Means {
  readonly driver: Driver;
  readonly journal: Journal;
  readonly wire: Wire;
  readonly clock: Clock;
  readonly client: PeerClient;
  readonly gatewayUrl: string;
  readonly facts: () => Promise<Facts>;
  /** How long a node that is to go down asks whether it still may, before it gives up. */
  readonly confirmForMs: number;
}

/** Carries an order out to its end; throws a `Failure` when there is none. */
export const carryOut = async (means: Means, operation: Operation): Promise<Outcome> => {
  const { driver, facts } = means;
  const { command, signal } = operation;
  const { verb, args } = command;
  const { image } = args;
  const isNew = args.activation === 'replace' && image !== undefined;
  const goOver: GoOver = { signal, lastLook: () => lookOnceMore(means, operation), ...(isNew && { image }) };
  switch (verb) {
    case 'store':
    case 'stage': {
      const artifact = artifactOf(command);
      const sources = sourcesOf(means, command, artifact);
      const progress = (done: number): void => void (operation.progress = done);
      return { written: await driver[verb](artifact, { sources, signal, progress }) };
    }
    case 'drain': {
      const hooks = await runHooks(driver, 'drain', operation);
      await driver.drain(signal);
      return { facts: await facts(), ...hooks };
    }
    case 'undrain':
      return runHooks(driver, 'undrain', operation);
    case 'activate':
      return await driver.activate(artifactOf(command), goOver);
    case 'revert':
      return await driver.revert(args.artifact, goOver);
    case 'finalize':
      await driver.finalize(signal);
      return {};
    case 'inspect':
    case 'probe':
    case 'cancel':
      throw new Error(`${verb} is no order`);
    default:
      return assertNever(verb);
  }
};

/** One after the other; the first that fails ends it. */
const runHooks = async (
  driver: Driver,
  phase: HookPhase,
  { command: { args }, signal }: Operation,
): Promise<Pick<Outcome, 'hooks'>> => {
  if (!args.hooks) return {};
  const hooks: HookRun[] = [];
  for (const hook of args.hooks) {
    hooks.push({ hook, evidence: await driver.runHook(hook, phase, signal) });
    signal.throwIfAborted();
  }
  return { hooks };
};

const artifactOf = ({ verb, args: { artifact } }: NodeCommand): ArtifactRef => {
  if (!artifact) throw new Failure('artifact-missing', `${verb} does not say which artifact.`);
  return artifact;
};

/** The gateway has the first copy, for the seed nodes; all others have theirs from nodes. */
const sourcesOf = ({ client, gatewayUrl }: Means, command: NodeCommand, { sha256 }: ArtifactRef): readonly Source[] => {
  const { nodeId, peers = [], urls = {} } = command;
  const fromPeers = peers.flatMap((peer) => {
    const url = urls[peer];
    return url === undefined || peer === nodeId ? [] : [httpSource(peer, `${url}/artifacts/${sha256}`, client)];
  });
  if (command.verb === 'stage') return fromPeers;
  return [httpSource('the gateway', `${gatewayUrl}/v1/artifacts/${sha256}`, client), ...fromPeers];
};

/** INV-13, INV-20: right before what cannot be taken back, nothing counts but what is on record here and now. */
const lookOnceMore = async (means: Means, operation: Operation): Promise<void> => {
  const { upgradeId, upgradeNo, verb, args } = operation.command;
  const isStaged = means.journal
    .ofVerb(upgradeNo, 'stage')
    .filter((answer) => answer.upgradeId === upgradeId && answer.status === 'done')
    .some(({ outcome }) => outcome?.written?.sha256 === args.artifact?.sha256);
  if (verb === 'activate' && !isStaged) {
    throw new Failure('not-staged', `Upgrade ${upgradeNo} has not staged ${args.artifact?.version} on this node.`);
  }
  await confirm(means, operation);
  operation.isCommitted = true;
};

/** Asks again while nobody answers: a service may be starting. No answer at all is a no. */
const confirm = async ({ wire, clock, confirmForMs }: Means, { command, signal }: Operation): Promise<void> => {
  const { clusterId, nodeId, upgradeId, instance, epoch = 0 } = command;
  const end = clock.monotonic() + confirmForMs;
  for (;;) {
    const reply = await wire.confirm({ clusterId, nodeId, upgradeId, instance, epoch }).catch(() => undefined);
    signal.throwIfAborted();
    if (reply?.confirmed) return;
    if (reply) throw new Failure('not-confirmed', reply.reason ?? `Epoch ${epoch} is not this node's any more.`);
    if (clock.monotonic() >= end) {
      throw new Failure('not-confirmed', `Nobody said within ${confirmForMs} ms that epoch ${epoch} still holds.`);
    }
    await pause(clock, CONFIRM_EVERY_MS, signal);
  }
};

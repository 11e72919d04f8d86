import { commandSubject, type Answer, type NodeCommand } from '@baton/contracts';
import type { Msg } from '@nats-io/transport-node';
import type { Bus } from './connect.js';
import { MalformedError } from './errors.js';
import { fail } from './fields.js';
import { parseAnswer, parseCommand } from './node-messages.js';

/** Parses what others sent; what nobody can read is counted and is nothing. */
export const readOrCount = <T>(bus: Bus, bytes: Uint8Array, parse: (bytes: Uint8Array) => T): T | undefined => {
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    bus.counts.malformed += 1;
    return undefined;
  }
};

/** The same for a message whose subject says who sent it or for whom it is: it has to say so itself. */
export const readAddressed = <T>(
  bus: Bus,
  { data, subject }: Msg,
  parse: (bytes: Uint8Array) => T,
  subjectOf: (parsed: T) => string,
): T | undefined =>
  readOrCount(bus, data, (bytes) => {
    const parsed = parse(bytes);
    return subjectOf(parsed) === subject ? parsed : fail('subject', 'is that of another node');
  });

/** One request and its reply; undefined: nobody there, no reply in time, or one that cannot be read. */
export const request = async <T>(
  bus: Bus,
  subject: string,
  message: unknown,
  timeoutMs: number,
  parse: (bytes: Uint8Array) => T,
): Promise<T | undefined> => {
  // A request kept for later would arrive when nobody waits for its answer any more.
  if (!bus.isConnected()) return undefined;
  let reply: Msg;
  try {
    reply = await bus.nc.request(subject, JSON.stringify(message), { timeout: timeoutMs });
  } catch {
    return undefined;
  }
  return readOrCount(bus, reply.data, parse);
};

/** Asks a node and waits for its reply; undefined: none came that belongs to this command. */
export const askNode = async (bus: Bus, command: NodeCommand, timeoutMs = 2_000): Promise<Answer | undefined> => {
  const { clusterId, nodeId, verb } = command;
  const answer = await request(bus, commandSubject(clusterId, nodeId, verb), command, timeoutMs, parseAnswer);
  if (!answer) return undefined;
  if (answer.clusterId === clusterId && answer.nodeId === nodeId && answer.verb === verb) return answer;
  bus.counts.malformed += 1;
  return undefined;
};

type Serve = (command: NodeCommand) => Promise<Answer>;

// One subscription serves all nodes of a cluster that live in this process, be it a thousand.
const served = new WeakMap<Bus, Map<string, Map<string, Serve>>>();

const nodesOf = (bus: Bus, cluster: string): Map<string, Serve> => {
  const clusters = served.get(bus) ?? new Map<string, Map<string, Serve>>();
  served.set(bus, clusters);
  const known = clusters.get(cluster);
  if (known) return known;
  const nodes = new Map<string, Serve>();
  clusters.set(cluster, nodes);
  bus.nc.subscribe(`baton.v1.cmd.${cluster}.*.*`, {
    callback: (_error, message) => void dispatch(bus, nodes, message),
  });
  return nodes;
};

const dispatch = async (bus: Bus, nodes: ReadonlyMap<string, Serve>, message: Msg): Promise<void> => {
  const serve = nodes.get(message.subject.split('.')[4] ?? '');
  if (!serve) return;
  const command = readAddressed(bus, message, parseCommand, (it) => commandSubject(it.clusterId, it.nodeId, it.verb));
  if (!command) return;
  try {
    message.respond(JSON.stringify(await serve(command)));
  } catch {
    // A node that cannot answer is silent: who asked will ask again.
  }
};

/** Answers the commands to a node. What throws, or resolves too late, leaves the asker without a reply. The result ends it. */
export const serveCommands = (bus: Bus, cluster: string, node: string, serve: Serve): (() => void) => {
  const nodes = nodesOf(bus, cluster);
  nodes.set(node, serve);
  return () => {
    if (nodes.get(node) === serve) nodes.delete(node);
  };
};

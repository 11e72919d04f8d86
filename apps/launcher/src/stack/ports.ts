import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { commandOf } from './running.js';

const HOST = '127.0.0.1';
const LISTENING = '0A';

/** A port that is wanted, and the variable that says which one. */
export interface WantedPort {
  readonly variable: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** The ports themselves, and a free one for each 0. Throws, naming all of them, when some are taken. */
export const takePorts = async (wanted: readonly WantedPort[]): Promise<number[]> => {
  // Held until all are chosen, so that no free one is given twice.
  const servers = await Promise.all(wanted.map(({ port }) => (port === 0 ? listenOnFree() : listenOn(port))));
  const ports = servers.map((server) => (server?.address() as AddressInfo | undefined)?.port ?? 0);
  for (const server of servers) server?.close();
  const problems = wanted.flatMap((each, index) => (servers[index] ? [] : [describeTaken(each)]));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return ports;
};

// Below what the system hands out by itself: a port there is taken by somebody's connection as soon as its owner
// restarts.
const FREE = { from: 15_000, to: 32_000 };
const TRIES = 100;

const listenOnFree = async (): Promise<Server | undefined> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const server = await listenOn(randomInt(FREE.from, FREE.to));
    if (server) return server;
  }
  return undefined;
};

const listenOn = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, HOST, () => resolve(server));
  });

const describeTaken = ({ variable, port }: WantedPort): string => {
  const pid = listenerOf(port);
  const command = pid === undefined ? undefined : commandOf(pid)?.slice(0, 60);
  const by = pid === undefined ? '' : ` by process ${pid} (${command ?? 'unknown'})`;
  return `port ${port} is taken${by}: end that, or set ${variable} to another port (0 takes a free one)`;
};

/** Who listens there; only Linux tells, and only about processes that we may look at. */
const listenerOf = (port: number): number | undefined => {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port)));
  if (inodes.size === 0) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => socketsOf(pid).some((inode) => inodes.has(inode)));
};

const listeningInodes = (file: string, port: number): string[] => {
  if (!existsSync(file)) return [];
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(ending) && state === LISTENING)
    .map((columns) => columns[9] ?? '');
};

const socketsOf = (pid: number): string[] => {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).flatMap((fd) => {
    const link = attempt(() => readlinkSync(`${folder}/${fd}`), '');
    const [, inode] = /^socket:\[(\d+)\]$/.exec(link) ?? [];
    return inode === undefined ? [] : [inode];
  });
};

// A process, or a file of it, may be gone by now, or not ours to look at.
const attempt = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian installs it here, which is not on the PATH of an ordinary user.
const DEBIAN_BINARY = '/usr/sbin/nats-server';
const IMAGE = 'nats:2.10.27-alpine';

const HOW_TO_GET_IT =
  'nats-server not found: install it (apt-get install nats-server, brew install nats-server), name it in NATS_SERVER_BIN, ' +
  'or set NATS_URL to a nats-server with JetStream that you have';

/** A program, or an image that docker runs. */
export type NatsProgram = { readonly binary: string } | { readonly image: string };

/** NATS_SERVER_BIN (nothing else then), the PATH, Debian's place, Debian's package when root, docker. Throws when all fail. */
export const findNatsServer = (stateFolder: string, env: NodeJS.ProcessEnv): NatsProgram => {
  const chosen = env['NATS_SERVER_BIN'];
  if (chosen) {
    if (isExecutable(chosen)) return { binary: chosen };
    throw new Error(`NATS_SERVER_BIN is ${chosen}, which is not an executable file`);
  }
  const unpacked = join(stateFolder, 'nats-server', 'usr', 'sbin', 'nats-server');
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const places = [...onPath.map((folder) => join(folder, 'nats-server')), DEBIAN_BINARY, unpacked];
  const binary = places.find(isExecutable);
  if (binary !== undefined) return { binary };
  if (process.getuid?.() === 0 && unpackDebianPackage(join(stateFolder, 'nats-server')) && isExecutable(unpacked)) {
    return { binary: unpacked };
  }
  if (succeeds('docker', ['version'])) return { image: IMAGE };
  throw new Error(HOW_TO_GET_IT);
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Beside the system, not into it: the installed package would start a service on the default port. */
const unpackDebianPackage = (folder: string): boolean => {
  if (!existsSync('/usr/bin/apt-get')) return false;
  mkdirSync(folder, { recursive: true });
  const download = (): boolean =>
    succeeds('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', 'nats-server'], folder);
  // A fresh machine knows no packages yet.
  if (!download() && !(succeeds('apt-get', ['-qq', 'update']) && download())) return false;
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  if (file === undefined || !succeeds('dpkg-deb', ['-x', join(folder, file), folder])) return false;
  rmSync(join(folder, file));
  return true;
};

const succeeds = (command: string, args: readonly string[], cwd?: string): boolean =>
  spawnSync(command, args, { cwd, stdio: 'ignore' }).status === 0;

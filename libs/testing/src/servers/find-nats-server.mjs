import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian installs it here, which is not on the PATH of an ordinary user.
const DEBIAN_BINARY = '/usr/sbin/nats-server';

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** NATS_SERVER_BIN when it is set (and nothing else then), else the PATH, else Debian's place. */
export const findNatsServer = (env = process.env) => {
  const chosen = env.NATS_SERVER_BIN;
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'nats-server'));
  const found = (chosen ? [chosen] : [...onPath, DEBIAN_BINARY]).find(isExecutable);
  if (found) return found;
  throw new Error(
    chosen
      ? `NATS_SERVER_BIN is ${chosen}, which is not an executable file`
      : 'nats-server not found: install it (apt-get install nats-server, brew install nats-server) or set NATS_SERVER_BIN',
  );
};

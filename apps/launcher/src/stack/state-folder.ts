import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, pidIn } from './running.js';

/** Its folder with a file for each process, named like it. */
export const PIDS = 'pids';

/** Everything that a start writes stands in one folder, which belongs to one running start. */
export interface StateFolder {
  readonly path: string;
  /** Made at the first start; the password of the database's roles. */
  readonly secret: string;
  logOf(process: string): string;
  pidFileOf(process: string): string;
  release(): void;
}

/** Makes the folder when it is missing and takes it; throws when another start that runs has it. */
export const takeStateFolder = (path: string): StateFolder => {
  for (const folder of ['logs', PIDS]) mkdirSync(join(path, folder), { recursive: true });
  // As root, Postgres runs as another user, who must be able to walk through.
  chmodSync(path, 0o711);
  const lock = join(path, 'launcher.pid');
  const holder = pidIn(lock);
  // Two starts that begin in the same instant both get here; the ports are the second fence.
  if (holder !== undefined && commandOf(holder) === readFileSync(lock, 'utf8').split('\n')[1]) {
    throw new Error(`process ${holder} runs Baton in ${path}: end it first, or set BATON_STATE_DIR to another folder`);
  }
  writeFileSync(lock, `${process.pid}\n${commandOf(process.pid) ?? ''}\n`);
  return {
    path,
    secret: secretIn(join(path, 'secret')),
    logOf: (name) => join(path, 'logs', `${name}.log`),
    pidFileOf: (name) => join(path, PIDS, name),
    release: () => rmSync(lock, { force: true }),
  };
};

const secretIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const secret = randomBytes(18).toString('base64url');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  }
};

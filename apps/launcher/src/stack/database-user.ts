import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

const USER = 'postgres';
const OTHERS_MAY_ENTER = 0o001;

/** Who runs Postgres, and how one of its programs is run as that user. */
export interface DatabaseUser {
  /** Absent: the user that we are. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  run(
    program: string,
    args: readonly string[],
  ): { readonly command: string; readonly args: readonly string[]; readonly user?: DatabaseUser['ids'] };
}

/** Postgres refuses to run as root: then it runs as the user `postgres`, who must be able to reach these paths. */
export const asDatabaseUser = (paths: readonly string[]): DatabaseUser => {
  if (process.getuid?.() !== 0) return { run: (command, args) => ({ command, args }) };
  const ids = idsOf(USER) ?? createUser();
  if (paths.every(isReachable)) return { ids, run: (command, args) => ({ command, args, user: ids }) };
  return {
    ids,
    run: (program, args) => ({ command: 'setpriv', args: [...throughClosedFolders(ids), program, ...args] }),
  };
};

const isReachable = (path: string): boolean => {
  if ((statSync(path).mode & OTHERS_MAY_ENTER) === 0) return false;
  const parent = dirname(path);
  return parent === path || isReachable(parent);
};

/** In a folder that is closed to others, as /root is, it keeps one right of root: to walk through and read. */
const throughClosedFolders = ({ uid, gid }: { readonly uid: number; readonly gid: number }): readonly string[] => {
  const flags = [
    ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'],
    ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'],
  ];
  if (spawnSync('setpriv', [...flags, 'true']).status === 0) return flags;
  throw new Error(
    `Postgres does not run as root, and its user ${USER} may not enter this folder: ` +
      'put Baton and its BATON_STATE_DIR into a folder that others may enter, or set DATABASE_URL to a Postgres that you have',
  );
};

const idsOf = (user: string): DatabaseUser['ids'] => {
  const ask = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
};

const createUser = (): { readonly uid: number; readonly gid: number } => {
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', USER]);
  const ids = idsOf(USER);
  if (ids) return ids;
  throw new Error(`the user ${USER}, as whom Postgres runs, could not be made`);
};

import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DELAY_US = 1000;

// Every flush takes so much longer, as on a network disk.
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slowly(const char *name, int fd) {
  usleep(${DELAY_US});
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}
int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
`;

/** A library that slows down each fsync of the program it is loaded into; undefined where it cannot be built. */
export const buildSlowDisk = (folder: string): string | undefined => {
  if (process.platform !== 'linux') return undefined;
  const [source, library] = [join(folder, 'slow-disk.c'), join(folder, 'slow-disk.so')];
  writeFileSync(source, SOURCE);
  const { status } = spawnSync('gcc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'ignore' });
  if (status !== 0) return undefined;
  // Postgres may run as another user.
  chmodSync(library, 0o755);
  return library;
};

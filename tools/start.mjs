// `npm start`: builds what has changed, in silence unless it fails, and starts everything on this machine.
import { spawnSync } from 'node:child_process';

// The first build takes seconds, in which nobody should wonder.
if (process.stdout.isTTY) process.stdout.write('  building ...\r');
const { status, stdout, stderr, error } = spawnSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8' });
if (process.stdout.isTTY) process.stdout.write('\x1b[2K');
if (status !== 0) {
  process.stderr.write(`The build failed.\n${error?.message ?? ''}${stdout}${stderr}`);
  process.exit(1);
}
// In this process: what is asked to end is then the launcher itself.
await import('../apps/launcher/dist/main.js');

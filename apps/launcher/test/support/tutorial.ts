import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { System } from './system.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The commands of the page's tutorial, in its order. */
const commandsOf = (page: string): string => {
  const [, tutorial = ''] = /\n## Tutorial\n([^]*?)\n## /.exec(page) ?? [];
  const blocks = [...tutorial.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
  if (blocks.length === 0) throw new Error('the page has no tutorial');
  return blocks.join('\n');
};

/** Does exactly what docs/strategies.md says, in one shell that ends at the first mistake; what it printed, and how it ended. */
export const followTutorial = async (
  system: System,
): Promise<{ readonly said: string; readonly status: number | null }> => {
  const folder = mkdtempSync(join(system.folder, 'tutorial-'));
  cpSync(join(ROOT, 'strategies'), join(folder, 'strategies'), { recursive: true });
  const commands = commandsOf(readFileSync(join(ROOT, 'docs', 'strategies.md'), 'utf8'));
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd: folder,
    env: { ...process.env, API: system.stack.gatewayUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(shell, 'close');
  const [out, err] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
  await ended;
  return { said: out + err, status: shell.exitCode };
};

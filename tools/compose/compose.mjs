import { spawn } from 'node:child_process';

const FILES = ['-f', 'docker-compose.yml', '-f', 'tools/compose/two-simulators.yml'];

/** A compose project of one test run: its own name, containers, volumes and ports. */
export const composeProject = (name, env) => {
  const run = (args) =>
    new Promise((resolve, reject) => {
      const child = spawn('docker', ['compose', '-p', name, ...FILES, ...args], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const text = { out: '', err: '' };
      child.stdout.on('data', (data) => (text.out += data));
      child.stderr.on('data', (data) => (text.err += data));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(text.out.trim());
        else reject(new Error(`docker compose ${args.join(' ')} ended with ${code}\n${text.err}${text.out}`));
      });
    });
  return {
    up: () => run(['up', '--build', '--wait', '--wait-timeout', '300']),
    urlOf: async (service, port) => `http://${await run(['port', service, String(port)])}`,
    /** Kill -9, as a machine that loses power. */
    kill: (service) => run(['kill', '-s', 'SIGKILL', service]),
    /** Docker does not restart by itself what was killed by hand. */
    start: (service) => run(['start', service]),
    logs: () => run(['logs', '--no-color', '--tail', '30']),
    down: () => run(['down', '--volumes', '--remove-orphans', '--timeout', '12']),
  };
};

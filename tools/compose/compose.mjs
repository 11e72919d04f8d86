import { spawn } from 'node:child_process';

const FILES = ['-f', 'docker-compose.yml', '-f', 'tools/compose/test.yml'];

const docker = (args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn('docker', args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.on('data', (data) => (text.out += data));
    child.stderr.on('data', (data) => (text.err += data));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(text.out.trim());
      else reject(new Error(`docker ${args.join(' ')} ended with ${code}\n${text.err}${text.out}`));
    });
  });

/** A compose project of one test run: its own name, containers, volumes and ports. */
export const composeProject = (name, env) => {
  const run = (args) => docker(['compose', '-p', name, ...FILES, ...args], env);
  return {
    up: () => run(['up', '--build', '--wait', '--wait-timeout', '300']),
    /** Where a port of a container is reached from here, e.g. `127.0.0.1:32768`. */
    addressOf: (service, port) => run(['port', service, String(port)]),
    /** Kill -9, as a machine that loses power. */
    kill: (service) => run(['kill', '-s', 'SIGKILL', service]),
    /** Docker does not restart by itself what was killed by hand. */
    start: (service) => run(['start', service]),
    copy: (service, from, to) => run(['cp', `${service}:${from}`, to]),
    logs: () => run(['logs', '--no-color', '--tail', '30']),
    down: () => run(['down', '--volumes', '--remove-orphans', '--timeout', '12']),
    /** All containers, as docker describes them. */
    containers: async () => JSON.parse(await docker(['inspect', ...(await run(['ps', '-aq'])).split('\n')])),
    /** Containers, volumes and networks that are there still. */
    left: async () => {
      const of = ['--filter', `label=com.docker.compose.project=${name}`];
      const lists = [
        ['ps', '-aq', ...of],
        ['volume', 'ls', '-q', ...of],
        ['network', 'ls', '-q', ...of],
      ];
      return (await Promise.all(lists.map((args) => docker(args)))).flatMap((ids) => ids.split('\n').filter(Boolean));
    },
  };
};

const isRoot = (user) => ['', 'root', '0'].includes(user.split(':')[0]);

/** What is wrong with how the containers were set up, each as a sentence. */
export const flawsOf = (containers) =>
  containers.flatMap(({ Name, Config, HostConfig, State }) => {
    const isOnce = HostConfig.RestartPolicy.Name === 'no';
    const addresses = Object.values(HostConfig.PortBindings ?? {}).flatMap((bound) =>
      bound.map(({ HostIp }) => HostIp),
    );
    return [
      ...(isRoot(Config.User) ? [`${Name} runs as root`] : []),
      ...(/:latest$|^[^:]+$/.test(Config.Image) ? [`${Name} runs any version of ${Config.Image}`] : []),
      ...(addresses.some((address) => address !== '127.0.0.1') ? [`${Name} is reached from other machines`] : []),
      ...(isOnce || State.Health?.Status === 'healthy' ? [] : [`${Name} is ${State.Health?.Status ?? 'not checked'}`]),
      ...(isOnce && State.ExitCode !== 0 ? [`${Name} ended with ${State.ExitCode}`] : []),
    ];
  });

// `npm run test:compose`: two clusters as containers, both upgraded at once through the gateway, while services and one
// node are killed; afterwards the log, and all else that was recorded, must show that nothing of it mattered.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { apiOf, artifactOf, simulatorOf, until } from './compose/api.mjs';
import { composeProject, flawsOf } from './compose/compose.mjs';
import { collectHistory, judgeHistory } from './compose/history.mjs';

const CLUSTERS = { demo: 4, lab: 4 };
const VERSION = '1.1.0';
const PACES = { BATON_BOOT_MS: '5000', BATON_STABLE_MS: '5000' };
// A node of each cluster hangs in its boot until all is killed: however slow the machine is, no upgrade ends before that.
const HELD = [
  { cluster: 'demo', node: 'n4' },
  { cluster: 'lab', node: 'n3' },
];
const SIMULATORS = ['nodes', 'lab-node'];
const KILLED = [
  ...['precheck-svc', 'staging-svc', 'distribution-svc', 'rollout-svc', 'lab-node', 'projection-svc'],
  ...['api-gateway', 'rollout-svc', 'nats', 'postgres'],
];
const DOWN_MS = 1_000;
const BETWEEN_MS = 1_500;
const ENDED = ['completed', 'finalized', 'aborted', 'rolled-back'];
const UPGRADED_WITHIN_MS = 300_000;

const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

const prepare = async (api) => {
  for (const [cluster, size] of Object.entries(CLUSTERS)) {
    await api.createCluster(cluster);
    await until(`${size} nodes of ${cluster} joined`, async () => (await api.nodes(cluster)).length === size, 60_000);
    say(`${cluster}: ${size} nodes joined`);
  }
  const { bytes, sha256, size } = artifactOf(VERSION);
  await api.register({ version: VERSION, layer: 'software', kind: 'demo', sha256, size });
  await api.upload(VERSION, bytes);
  say(`release ${VERSION} registered and uploaded, ${size} bytes`);
};

const startUpgrades = async (api) => {
  const started = await Promise.all(Object.keys(CLUSTERS).map((cluster) => api.startUpgrade(cluster, { to: VERSION })));
  say('both upgrades started');
  return started.map(({ upgradeId }) => upgradeId);
};

/** Each for a second; returns those that were killed while an upgrade ran. */
const killMeanwhile = async (compose, isRunning) => {
  const killed = [];
  for (const service of KILLED) {
    if (!isRunning()) break;
    await compose.kill(service);
    await wait(DOWN_MS);
    await compose.start(service);
    say(`killed and started again: ${service}`);
    killed.push(service);
    await wait(BETWEEN_MS);
  }
  return killed;
};

const watch = async (api, upgradeIds) => {
  const states = new Map();
  const look = async (upgradeId) => {
    const { clusterId, state, progress, versions, blockedBy, continuedBy } = await api.status(upgradeId);
    const mix = Object.entries(versions).map(([version, nodes]) => `${nodes} × ${version}`);
    const now = `${clusterId}: ${state} ${progress.done}/${progress.total}  ${mix.join(', ')}`;
    const why = ['blocked', 'stalled'].includes(state) ? blockedBy.map(({ what }) => what) : [];
    if (states.get(upgradeId) !== now) say([now, ...why].join(' | '));
    states.set(upgradeId, now);
    return continuedBy ? look(continuedBy) : ENDED.includes(state);
  };
  const both = async () => (await Promise.all(upgradeIds.map(look))).every(Boolean);
  await until('both upgrades ended', both, UPGRADED_WITHIN_MS);
};

const judge = async (api, compose, upgradeIds, killed) => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-compose-'));
  const events = await collectHistory({ api, compose, upgradeIds, simulators: SIMULATORS, folder });
  console.log(`\n${events} events in the log; killed: ${killed.join(', ')}\n`);
  const programs = judgeHistory(folder);
  for (const { program, said } of programs) console.log(`node ${program}\n${said}\n`);
  const statuses = await Promise.all(upgradeIds.map((upgradeId) => api.status(upgradeId)));
  const isGood = report({
    ...Object.fromEntries(
      statuses.map(({ clusterId, state, versions, nodes }) => [
        `${clusterId} completed with every node on ${VERSION}`,
        state === 'completed' && versions[VERSION] === nodes.length ? [] : [`${state} ${JSON.stringify(versions)}`],
      ]),
    ),
    'all was killed while the upgrades ran': killed.length === KILLED.length ? [] : [`only ${killed.join(', ')}`],
    ...Object.fromEntries(
      programs.map(({ program, isGood }) => [`${program} finds nothing wrong`, isGood ? [] : ['see above']]),
    ),
  });
  if (isGood) rmSync(folder, { recursive: true });
  else console.log(`\nWhat was recorded is kept in ${folder}`);
  return isGood;
};

/** A line for each claim, with what is wrong about it below; whether nothing is. */
const report = (claims) => {
  for (const [what, wrong] of Object.entries(claims)) {
    console.log(`${wrong.length === 0 ? '✔' : '✖'} ${what}`);
    for (const line of wrong) console.log(`    ${line}`);
  }
  return Object.values(claims).every((wrong) => wrong.length === 0);
};

/** Fixed for the run: with 0 docker gives a container another one each time that it starts. */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });

const run = async (compose) => {
  say('building the image and starting all containers');
  await compose.up();
  const flaws = flawsOf(await compose.containers());
  if (flaws.length > 0) throw new Error(flaws.join('\n'));
  say('all containers are healthy; none runs as root or is reached from other machines');
  const api = apiOf(`http://${await compose.addressOf('api-gateway', 8080)}`);
  await prepare(api);
  const simulator = simulatorOf(`http://${await compose.addressOf('nodes', 8090)}`);
  await Promise.all(HELD.map((node) => simulator.fail(node, { at: 'boot', kind: 'hang' })));
  const upgradeIds = await startUpgrades(api);
  let isRunning = true;
  const watching = watch(api, upgradeIds).finally(() => (isRunning = false));
  const killing = killMeanwhile(compose, () => isRunning).finally(() => Promise.all(HELD.map(simulator.heal)));
  const [killed] = await Promise.all([killing, watching]);
  return judge(api, compose, upgradeIds, killed);
};

/** Both clusters, on ports that are free. */
const newProject = async () =>
  composeProject(`baton-test-${randomBytes(3).toString('hex')}`, {
    ...PACES,
    BATON_CLUSTERS: Object.entries(CLUSTERS)
      .map(([cluster, size]) => `${cluster}:${size}`)
      .join(','),
    BATON_HTTP_PORT: await freePort(),
    BATON_SIMULATOR_PORT: await freePort(),
  });

const main = async () => {
  // What judges the history runs here.
  const built = spawnSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8' });
  if (built.status !== 0) {
    console.error(built.stdout, built.stderr);
    return 1;
  }
  const compose = await newProject();
  let ending;
  const end = () => (ending ??= compose.down());
  process.once('SIGINT', () => void end().finally(() => process.exit(130)));
  let isGood = false;
  try {
    isGood = await run(compose);
  } catch (error) {
    console.error(`\n✖ ${error.message}\n${await compose.logs().catch(() => '')}`);
  }
  await end();
  const leavesNothing = report({ 'down --volumes leaves no container, volume or network': await compose.left() });
  return isGood && leavesNothing ? 0 : 1;
};

process.exitCode = await main();

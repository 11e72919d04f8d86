// `npm run test:compose`: two clusters as containers, both upgraded at once through the gateway, while services and one
// node are killed; afterwards the log must show that nothing of it mattered.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { apiOf, artifactOf, until } from './compose/api.mjs';
import { checkLog } from './compose/check-log.mjs';
import { composeProject } from './compose/compose.mjs';

const CLUSTERS = { demo: 4, lab: 4 };
const VERSION = '1.1.0';
// Long enough that all is killed while both upgrades run.
const PACES = { BATON_BOOT_MS: '5000', BATON_STABLE_MS: '5000' };
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
  const started = await Promise.all(
    Object.keys(CLUSTERS).map((cluster) => api.startUpgrade(cluster, { to: VERSION, strategy: 'nutanix-aos' })),
  );
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
    const { clusterId, state, progress, versions, blockedBy } = await api.status(upgradeId);
    const mix = Object.entries(versions).map(([version, nodes]) => `${nodes} × ${version}`);
    const now = `${clusterId}: ${state} ${progress.done}/${progress.total}  ${mix.join(', ')}`;
    const why = ['blocked', 'stalled'].includes(state) ? blockedBy.map(({ what }) => what) : [];
    if (states.get(upgradeId) !== now) say([now, ...why].join(' | '));
    states.set(upgradeId, now);
    return ENDED.includes(state);
  };
  const both = async () => (await Promise.all(upgradeIds.map(look))).every(Boolean);
  await until('both upgrades ended', both, UPGRADED_WITHIN_MS);
};

const judge = async (api, upgradeIds, killed) => {
  const statuses = await Promise.all(upgradeIds.map((upgradeId) => api.status(upgradeId)));
  const events = await api.log();
  const { verifyChain } = await import('../libs/event-log/dist/index.js');
  const results = {
    ...Object.fromEntries(
      statuses.map(({ clusterId, state, versions, nodes }) => [
        `${clusterId} completed with every node on ${VERSION}`,
        state === 'completed' && versions[VERSION] === nodes.length ? [] : [`${state} ${JSON.stringify(versions)}`],
      ]),
    ),
    'all was killed while the upgrades ran': killed.length === KILLED.length ? [] : [`only ${killed.join(', ')}`],
    ...checkLog(events, verifyChain),
  };
  console.log(`\n${events.length} events in the log; killed: ${killed.join(', ')}\n`);
  for (const [what, wrong] of Object.entries(results)) {
    console.log(`${wrong.length === 0 ? '✔' : '✖'} ${what}`);
    for (const line of wrong.slice(0, 10)) console.log(`    ${line}`);
  }
  return Object.values(results).every((wrong) => wrong.length === 0);
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
  say('all containers are healthy');
  const api = apiOf(await compose.urlOf('api-gateway', 8080));
  await prepare(api);
  const upgradeIds = await startUpgrades(api);
  let isRunning = true;
  const watching = watch(api, upgradeIds).finally(() => (isRunning = false));
  const [killed] = await Promise.all([killMeanwhile(compose, () => isRunning), watching]);
  return judge(api, upgradeIds, killed);
};

const main = async () => {
  // The check of the hash chain is the event log's own.
  const built = spawnSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8' });
  if (built.status !== 0) {
    console.error(built.stdout, built.stderr);
    return 1;
  }
  const compose = composeProject(`baton-test-${randomBytes(3).toString('hex')}`, {
    ...PACES,
    BATON_CLUSTERS: Object.entries(CLUSTERS)
      .map(([cluster, size]) => `${cluster}:${size}`)
      .join(','),
    BATON_HTTP_PORT: await freePort(),
    BATON_SIMULATOR_PORT: await freePort(),
  });
  let ending;
  const end = () => (ending ??= compose.down());
  process.once('SIGINT', () => void end().finally(() => process.exit(130)));
  try {
    return (await run(compose)) ? 0 : 1;
  } catch (error) {
    console.error(`\n✖ ${error.message}\n${await compose.logs().catch(() => '')}`);
    return 1;
  } finally {
    await end();
  }
};

process.exitCode = await main();

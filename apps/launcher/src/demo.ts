// The upgrade of `npm start` against services that run elsewhere: BATON_GATEWAY_URL, BATON_SIMULATOR_URL and NATS_URL say where.
import { clusters, readSettings, url } from '@baton/platform';
import { runDemo } from './demo/run-demo.js';
import { openScreen } from './view/screen.js';
import { isUpgraded, summary } from './view/summary.js';

const settings = readSettings({
  clusters: clusters({ variable: 'BATON_CLUSTERS', fallback: 'demo:4', help: 'the clusters to upgrade' }),
  gatewayUrl: url({ variable: 'BATON_GATEWAY_URL', schemes: ['http', 'https'], help: 'the API' }),
  simulatorUrl: url({ variable: 'BATON_SIMULATOR_URL', schemes: ['http'], help: 'the simulated nodes' }),
  natsUrl: url({
    variable: 'NATS_URL',
    schemes: ['nats', 'tls'],
    help: 'nats-server, for the heartbeats of the nodes',
  }),
});
const screen = openScreen(process.stdout);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort());

const results = (await runDemo({ ...settings, screen, isImpatient: true, signal: ending.signal })) ?? [];
for (const result of results) for (const line of ['', ...summary(result)]) screen.line(line);
process.exit(results.length > 0 && results.every(isUpgraded) ? 0 : 1);

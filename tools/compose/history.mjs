import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './api.mjs';

const EVENTS_STREAM = 'BATON_EVENTS';
const DISKS = '/var/lib/baton/state/nodes';
const decoder = new TextDecoder();

/** The log and the stream of its events as lines, once the relay has caught up. */
const logAndStream = async (api, natsUrl) => {
  const nc = await connect({ servers: natsUrl });
  try {
    const { streams } = await jetstreamManager(nc);
    const log = await until(
      'the stream is as long as the log',
      async () => {
        const lines = await api.log();
        return (await streams.info(EVENTS_STREAM)).state.last_seq === lines.length ? lines : undefined;
      },
      60_000,
    );
    const stream = [];
    for (let seq = 1; seq <= log.length; seq++) {
      const message = await streams.getMessage(EVENTS_STREAM, { seq });
      if (message) stream.push(`{"seq":${message.seq},"event":${decoder.decode(message.data)}}`);
    }
    return { log, stream };
  } finally {
    await nc.close();
  }
};

/** The machines' own records and journals: each simulator has those of its nodes on a volume of its own. */
const copyDisks = async (compose, simulator, folder) => {
  const disks = join(folder, 'disks', simulator);
  await compose.copy(simulator, DISKS, disks);
  cpSync(join(disks, 'truth.jsonl'), join(folder, 'truth', `${simulator}.jsonl`));
  for (const { name: cluster } of readdirSync(disks, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const node of readdirSync(join(disks, cluster))) {
      const journal = join(disks, cluster, node, 'journal.jsonl');
      if (existsSync(journal)) cpSync(journal, join(folder, 'journals', `${cluster}-${node}.jsonl`));
    }
  }
};

/** Writes the log as exported, and all that is recorded as simulation/ reads it. Returns how many events there are. */
export const collectHistory = async ({ api, compose, simulators, upgradeIds, folder }) => {
  for (const part of ['truth', 'journals', 'disks']) mkdirSync(join(folder, part), { recursive: true });
  const { log, stream } = await logAndStream(api, `nats://${await compose.addressOf('nats', 4222)}`);
  const statuses = await Promise.all(upgradeIds.map((upgradeId) => api.status(upgradeId, log.length)));
  const write = (name, lines) => writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  // Not before all is built.
  const { toCloudEvent } = await import('@baton/bus');
  write('export.ndjson', log);
  write(
    'log.ndjson',
    log.map((line) => decoder.decode(toCloudEvent(JSON.parse(line)))),
  );
  write('stream.ndjson', stream);
  write(
    'statuses.ndjson',
    statuses.map((status) => JSON.stringify(status)),
  );
  for (const simulator of simulators) await copyDisks(compose, simulator, folder);
  return log.length;
};

/** Has programs that share nothing with this test judge the history: the log by itself, then all sources together. */
export const judgeHistory = (folder) =>
  [
    ['tools/log.mjs', 'verify', join(folder, 'export.ndjson')],
    ['simulation/dist/main.js', folder],
  ].map((args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { program: `${args[0]}`, isGood: status === 0, said: `${stdout}${stderr}`.trim() };
  });

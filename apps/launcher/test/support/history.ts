import { toCloudEvent } from '@baton/bus';
import { EVENTS_STREAM, type UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { eventually } from '@baton/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WITHIN_MS } from './api.js';
import { diskOf } from './nodes.js';
import type { System } from './system.js';

const decoder = new TextDecoder();
const CHECKER = fileURLToPath(new URL('../../../../simulation/dist/main.js', import.meta.url));

/** Collects all that the parts of a system at rest recorded, and has it judged by the checker, a process of its own. */
export const judge = async (system: System): Promise<{ readonly status: number | null; readonly said: string }> => {
  const folder = mkdtempSync(join(system.folder, 'history-'));
  await collectHistory(system, folder);
  return judgeIn(folder);
};

/** Whether the checker finds in the log up to there what a status says: `holds`, or what does not. */
export const judgeStatus = async (system: System, log: readonly Recorded[], status: UpgradeStatus): Promise<string> => {
  const folder = mkdtempSync(join(system.folder, 'history-'));
  write(folder, 'log.ndjson', linesOf(log));
  write(folder, 'statuses.ndjson', [JSON.stringify(status)]);
  const { said } = await judgeIn(folder);
  const [row = said] = /^.* INV-10 .*(?:\n {15}.*)*/m.exec(said) ?? [];
  return /^holds /.test(row) ? 'holds' : row;
};

/** The folder is gone when it was judged. */
const judgeIn = async (folder: string): Promise<{ readonly status: number | null; readonly said: string }> => {
  const checker = spawn(process.execPath, [CHECKER, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(checker, 'close');
  const [out, err] = await Promise.all([text(checker.stdout), text(checker.stderr)]);
  await closed;
  rmSync(folder, { recursive: true });
  return { status: checker.exitCode, said: out + err };
};

const write = (folder: string, name: string, lines: readonly string[]): void =>
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));

const linesOf = (log: readonly Recorded[]): readonly string[] =>
  log.map((event) => decoder.decode(toCloudEvent(event)));

/** Writes `log.ndjson`, `stream.ndjson`, `statuses.ndjson`, `truth/` and `journals/`. */
export const collectHistory = async (system: System, folder: string): Promise<void> => {
  const { api } = system;
  const { log, stream } = await logAndStream(system);
  const { items } = await api.ask<{ items: { upgradeId: string }[] }>('GET', '/v1/upgrades?limit=100');
  const statuses = await Promise.all(items.map(({ upgradeId }) => api.status(upgradeId, `?after=${log.length}`)));

  write(folder, 'log.ndjson', linesOf(log));
  write(folder, 'stream.ndjson', stream);
  write(
    folder,
    'statuses.ndjson',
    statuses.map((status) => JSON.stringify(status)),
  );
  for (const part of ['truth', 'journals']) mkdirSync(join(folder, part));
  cpSync(join(system.folder, 'nodes', 'truth.jsonl'), join(folder, 'truth', 'truth.jsonl'));
  for (const clusterId of new Set(log.map(({ cluster }) => cluster).filter((cluster) => cluster !== '-'))) {
    copyJournals(system, clusterId, join(folder, 'journals'));
  }
};

const copyJournals = (system: System, clusterId: string, folder: string): void => {
  for (const nodeId of readdirSync(join(system.folder, 'nodes', clusterId))) {
    const journal = join(diskOf(system, clusterId, nodeId), 'journal.jsonl');
    if (existsSync(journal)) cpSync(journal, join(folder, `${clusterId}-${nodeId}.jsonl`));
  }
};

/** The log, and all messages of the events' stream as `{seq, event}`, once both end at the same position. */
const logAndStream = async ({ api, stack }: System) => {
  const nc = await connect({ servers: stack.natsUrl });
  try {
    const { streams } = await jetstreamManager(nc);
    let log: readonly Recorded[] = [];
    const isAtRest = async (): Promise<boolean> => {
      log = await api.events();
      return (await streams.info(EVENTS_STREAM)).state.last_seq === log.length;
    };
    await eventually('the stream is as long as the log', isAtRest, WITHIN_MS);
    const stream: string[] = [];
    for (let seq = 1; seq <= log.length; seq++) {
      const message = await streams.getMessage(EVENTS_STREAM, { seq });
      if (message) stream.push(`{"seq":${message.seq},"event":${decoder.decode(message.data)}}`);
    }
    return { log, stream };
  } finally {
    await nc.close();
  }
};

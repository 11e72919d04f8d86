import pc from 'picocolors';
import { join } from 'node:path';
import { helpText, readArguments, type Arguments } from './arguments.js';
import { runDemo } from './demo/run-demo.js';
import { readLauncherSettings, type LauncherSettings } from './settings.js';
import { startStack, type Stack, type StackReport } from './stack/index.js';
import { openScreen, type Screen } from './view/screen.js';
import { stackLine } from './view/stack-lines.js';
import { isUpgraded, places, summary, type UpgradeResult } from './view/summary.js';
import { duration, wrap } from './view/text.js';

const EXIT = { ok: 0, notUpgraded: 1, badSettings: 2, interrupted: 130 };

const main = async (): Promise<number> => {
  const screen = openScreen(process.stdout);
  let args: Arguments;
  let settings: LauncherSettings;
  try {
    args = readArguments(process.argv.slice(2));
    if (args.help) {
      screen.line(helpText());
      return EXIT.ok;
    }
    settings = readLauncherSettings(process.env);
  } catch (error) {
    console.error((error as Error).message);
    return EXIT.badSettings;
  }
  const signal = endingSignal(screen);
  try {
    return await run(args, settings, screen, signal);
  } catch (error) {
    screen.keep();
    if (signal.aborted) return EXIT.interrupted;
    console.error(`${pc.red('✖')} ${(error as Error).message}`);
    return EXIT.notUpgraded;
  }
};

const run = async (args: Arguments, settings: LauncherSettings, screen: Screen, signal: AbortSignal) => {
  const stack = await start(settings, screen, signal);
  try {
    const { gatewayUrl, simulatorUrl, natsUrl } = stack;
    const { clusters } = settings;
    const results = await runDemo({
      gatewayUrl,
      simulatorUrl,
      natsUrl,
      clusters,
      screen,
      isImpatient: args.once,
      signal,
    });
    if (!results) return EXIT.interrupted;
    for (const result of results) for (const line of ['', ...summary(result)]) screen.line(indent(line));
    screen.line();
    if (args.once) screen.line(`  ${pc.dim(`logs in ${settings.stateDir}/logs; without --once everything stays up`)}`);
    else await stayUp(results, stack, settings, screen, signal);
    return results.every(isUpgraded) ? EXIT.ok : EXIT.notUpgraded;
  } finally {
    await stack.stop();
    screen.line(`  ${pc.green('✔')} everything has ended`);
  }
};

const start = async (settings: LauncherSettings, screen: Screen, signal: AbortSignal): Promise<Stack> => {
  const began = performance.now();
  screen.line(`\n${pc.bold('Baton')}  ${pc.dim('upgrades a cluster without taking it down')}\n`);
  const { httpPort: http, simulatorPort: simulator, natsPort: nats, postgresPort: postgres } = settings;
  let isUp = false;
  const ready: string[] = [];
  const report = (about: StackReport): void => {
    // While it comes up lines that grow are enough on a terminal.
    if (about.kind !== 'ready' || about.again || !screen.isLive || isUp) return screen.line(stackLine(about));
    ready.push(`${pc.green('✔')} ${about.process}`);
    screen.draw(wrap(ready, '  ', screen.size.columns - 2).map(indent));
  };
  const stack = await startStack({
    clusters: settings.clusters.map(({ clusterId, nodes, lanes }) => `${clusterId}:${nodes}:${lanes}`).join(','),
    stateDir: settings.stateDir,
    ports: { http, simulator, nats, postgres },
    ...(settings.databaseUrl !== undefined && { databaseUrl: settings.databaseUrl }),
    ...(settings.natsUrl !== undefined && { natsUrl: settings.natsUrl }),
    ...(settings.servicePassword !== undefined && { servicePassword: settings.servicePassword }),
    env: {
      BATON_BOOT_MS: String(settings.bootMs),
      BATON_STABLE_MS: String(settings.stableMs),
      ...(settings.artifactDir !== undefined && { BATON_ARTIFACT_DIR: settings.artifactDir }),
    },
    ...{ report, signal },
  });
  isUp = true;
  screen.draw([]);
  const took = duration(performance.now() - began);
  screen.line(
    `  ${pc.green('✔')} ${stack.processes().length} processes run ${pc.dim(`(${took})`)}  API ${stack.gatewayUrl}`,
  );
  return stack;
};

const stayUp = async (
  results: readonly UpgradeResult[],
  stack: Stack,
  settings: LauncherSettings,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> => {
  const first = results[0]?.status;
  if (first) {
    const nodeId = first.nodes[1]?.nodeId ?? first.nodes[0]?.nodeId ?? '';
    const pid = stack.processes().find(({ name }) => name === 'rollout-svc')?.pid;
    const { clusterId, upgradeId } = first;
    const at = { ...stack, clusterId, upgradeId, nodeId, pid, logs: join(settings.stateDir, 'logs') };
    for (const line of [...places(at), '']) screen.line(indent(line));
  }
  screen.line(`  ${pc.dim('Everything stays up; Ctrl-C ends it.')}`);
  screen.line(`  ${pc.dim('What was recorded is kept, and the next start goes on from it.')}`);
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
};

const indent = (line: string): string => (line === '' ? '' : `  ${line}`);

/** Aborted by the first Ctrl-C (or SIGTERM, or the end of the terminal); the second ends everything at once. */
const endingSignal = (screen: Screen): AbortSignal => {
  const ending = new AbortController();
  const end = (): void => {
    if (ending.signal.aborted) process.exit(EXIT.interrupted);
    ending.abort();
    screen.keep();
    screen.line(`\n  ${pc.dim('ending everything; once more: at once')}`);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  return ending.signal;
};

process.exit(await main());

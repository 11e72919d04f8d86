import { launcherSettings } from './settings.js';

export interface Arguments {
  readonly once: boolean;
  readonly help: boolean;
}

/** Throws an error that names what is unknown. */
export const readArguments = (args: readonly string[]): Arguments => {
  const unknown = args.filter((arg) => !['--once', '--help', '-h'].includes(arg));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(' ')} (there are --once and --help)`);
  return { once: args.includes('--once'), help: args.includes('--help') || args.includes('-h') };
};

export const helpText = (): string => {
  const settings = Object.values(launcherSettings).map(({ variable, fallback, help }) => {
    const value = fallback ? ` (${fallback})` : '';
    return `  ${variable.padEnd(24)}${help}${value}`;
  });
  return [
    'npm start [-- --once]',
    '',
    'Starts Baton with simulated clusters on this machine and upgrades them before your eyes.',
    '',
    '  --once   ends after the upgrade; exit code 0 when every node is on the new version, 1 when not, 2 for bad settings',
    '  --help   shows this',
    '',
    'Settings, as environment variables:',
    ...settings,
    '',
  ].join('\n');
};

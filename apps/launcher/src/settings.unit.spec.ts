import { helpText, readArguments } from './arguments.js';
import { readLauncherSettings } from './settings.js';

describe('settings of npm start', () => {
  it('have defaults that make a demo cluster of four nodes', () => {
    const settings = readLauncherSettings({});
    expect(settings.clusters).toEqual([{ clusterId: 'demo', nodes: 4, lanes: 1 }]);
    expect(settings).toMatchObject({ httpPort: 8080, simulatorPort: 8090, natsPort: 4222, postgresPort: 5433 });
    expect(settings.databaseUrl).toBeUndefined();
  });

  it('that are wrong are all named at once', () => {
    const env = { BATON_HTTP_PORT: 'x', BATON_CLUSTERS: 'demo', DATABASE_URL: 'mysql://host/db', NATS_URL: 'host' };
    expect(() => readLauncherSettings(env)).toThrow(
      /4 setting\(s\).*BATON_CLUSTERS=demo.*BATON_HTTP_PORT=x.*DATABASE_URL=mysql.*NATS_URL=host/s,
    );
  });

  it('are all in the help', () => {
    expect(helpText()).toContain('BATON_STATE_DIR');
    expect(helpText()).toContain('--once');
  });
});

describe('arguments of npm start', () => {
  it('are --once and --help', () => {
    expect(readArguments([])).toEqual({ once: false, help: false });
    expect(readArguments(['--once'])).toEqual({ once: true, help: false });
    expect(() => readArguments(['--onec', 'x'])).toThrow('unknown: --onec x');
  });
});

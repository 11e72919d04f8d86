import { clusters, flag, port, url } from './setting-kinds.js';
import { readSettings, SettingsError } from './settings.js';

const spec = {
  http: port({ variable: 'BATON_HTTP_PORT', fallback: '8080', help: 'where the gateway listens' }),
  nats: url({ variable: 'NATS_URL', schemes: ['nats'], help: 'nats-server' }),
  unsafe: flag({ variable: 'BATON_UNSAFE', fallback: 'false', help: 'for tests' }),
  clusters: clusters({ variable: 'BATON_CLUSTERS', fallback: 'demo:4', help: 'simulated clusters' }),
};

describe('settings', () => {
  it('takes what is set and falls back where there is a fallback', () => {
    expect(readSettings(spec, { NATS_URL: 'nats://127.0.0.1:4222', BATON_CLUSTERS: 'demo:4,lab:12:3' })).toEqual({
      http: 8080,
      nats: 'nats://127.0.0.1:4222',
      unsafe: false,
      clusters: [
        { clusterId: 'demo', nodes: 4, lanes: 1 },
        { clusterId: 'lab', nodes: 12, lanes: 3 },
      ],
    });
  });

  it('names every wrong and missing setting at once, with what is allowed', () => {
    const wrong = { BATON_HTTP_PORT: '99999', BATON_UNSAFE: 'yes', BATON_CLUSTERS: 'De.mo:4' };
    expect(() => readSettings(spec, wrong)).toThrow(SettingsError);
    try {
      readSettings(spec, wrong);
    } catch (error) {
      expect((error as SettingsError).problems).toEqual([
        'BATON_HTTP_PORT=99999: must be a whole number from 0 to 65535 (where the gateway listens)',
        'NATS_URL is not set: nats-server',
        'BATON_UNSAFE=yes: must be true or false (for tests)',
        'BATON_CLUSTERS=De.mo:4: "De.mo:4" must read name:nodes or name:nodes:lanes, e.g. demo:4 (simulated clusters)',
      ]);
    }
  });

  it('counts an empty variable as not set', () => {
    expect(readSettings({ http: spec.http }, { BATON_HTTP_PORT: ' ' })).toEqual({ http: 8080 });
  });
});

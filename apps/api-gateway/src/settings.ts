import { milliseconds, port, serviceSettings, text, type Setting } from '@baton/platform';

/** Not set means undefined. */
const optional = <T>(setting: Setting<T>): Setting<T | undefined> => ({
  ...setting,
  fallback: '',
  parse: (value) => (value === '' ? undefined : setting.parse(value)),
});

/** All settings of the gateway. */
export const gatewaySettings = {
  ...serviceSettings,
  httpPort: port({ variable: 'BATON_HTTP_PORT', fallback: '8080', help: 'where the API listens; 0 takes a free port' }),
  artifactDir: text({
    variable: 'BATON_ARTIFACT_DIR',
    fallback: '.baton/artifacts',
    help: 'the folder of the artifacts, shared by all replicas of the gateway',
  }),
  strategyDir: optional(
    text({
      variable: 'BATON_STRATEGY_DIR',
      help: 'a folder with more strategies; they win over those of the same name',
    }),
  ),
  defaultStrategy: text({
    variable: 'BATON_DEFAULT_STRATEGY',
    fallback: 'nutanix-aos',
    help: 'the strategy that an upgrade follows whose request names none',
  }),
  aviRoot: text({
    variable: 'BATON_AVI_ROOT',
    fallback: '/var/lib/avi',
    help: 'the folder that `controller://` stands for in what the Avi front is sent',
  }),
  aviStrategy: text({
    variable: 'BATON_AVI_STRATEGY',
    fallback: 'avi-system',
    help: 'the strategy that upgrades of the Avi front follow',
  }),
  stableMs: optional(
    milliseconds({
      variable: 'BATON_STABLE_MS',
      help: 'for simulated nodes: how long a node must be well before the token moves, instead of what strategies say',
    }),
  ),
};

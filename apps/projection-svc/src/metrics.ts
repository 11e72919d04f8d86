import type { Relay } from '@baton/bus';
import { counter, gauge } from '@baton/platform';
import type { ReadModelRunner } from '@baton/read-models';

/** How far this replica has come; a standby stays at what it folded last. */
export const exposeProgress = (relay: Relay, runner: ReadModelRunner): void => {
  gauge('baton_relay_position', 'The last position that is known to be in JetStream', () => relay.state().position);
  counter(
    'baton_relay_published_total',
    'Events that this replica has put into JetStream since its start',
    () => relay.state().published,
  );
  gauge(
    'baton_read_models_position',
    'The last position that this replica folded into the read models that serve',
    () => runner.state().position,
  );
  gauge(
    'baton_read_models_filling_position',
    'How far the read models that are being filled have come; 0 when none are',
    () => runner.state().filling?.position ?? 0,
  );
};

import type { Relay } from '@baton/bus';
import type { ReadModelRunner } from '@baton/read-models';
import { Gauge, register } from 'prom-client';

/** How far this replica has come; a standby stays at what it folded last. */
export const countProgress = (service: string, relay: Relay, runner: ReadModelRunner): void => {
  register.setDefaultLabels({ service });
  new Gauge({
    name: 'baton_relay_position',
    help: 'The last position that is known to be in JetStream',
    collect() {
      this.set(relay.state().position);
    },
  });
  new Gauge({
    name: 'baton_relay_published_total',
    help: 'Events that this replica has put into JetStream since its start',
    collect() {
      this.set(relay.state().published);
    },
  });
  new Gauge({
    name: 'baton_read_models_position',
    help: 'The last position that this replica folded into the read models that serve',
    collect() {
      this.set(runner.state().position);
    },
  });
  new Gauge({
    name: 'baton_read_models_filling_position',
    help: 'How far the read models that are being filled have come; 0 when none are',
    collect() {
      this.set(runner.state().filling?.position ?? 0);
    },
  });
};

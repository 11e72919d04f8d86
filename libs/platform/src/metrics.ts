import { Counter, Gauge, collectDefaultMetrics, register } from 'prom-client';

/** The metrics of the process, with the name of the service on each. */
export const beginMetrics = (service: string): void => {
  register.setDefaultLabels({ service });
  collectDefaultMetrics();
};

/** Shows something that goes up and down, read when it is asked for. */
export const gauge = (name: string, help: string, read: () => number): Gauge =>
  new Gauge({
    ...{ name, help },
    collect() {
      this.set(read());
    },
  });

/** Shows what somebody else counts since the start of the process, read when it is asked for. `name` ends with `_total`. */
export const counter = (name: `${string}_total`, help: string, read: () => number): Counter =>
  new Counter({
    ...{ name, help },
    collect() {
      this.reset();
      this.inc(read());
    },
  });

/** What a process that takes events and reports has done with them. */
export const exposeHandling = (
  read: () => { readonly handledTotal: number; readonly parkedStreams: number; readonly parkedTotal: number },
): void => {
  counter(
    'baton_handled_messages_total',
    'Events and reports that this process has handled since its start',
    () => read().handledTotal,
  );
  counter(
    'baton_parked_messages_total',
    'Messages given up on since the start of this process',
    () => read().parkedTotal,
  );
  gauge(
    'baton_parked_streams',
    'Streams whose events wait because one of them cannot be handled',
    () => read().parkedStreams,
  );
};

/** The metrics of this process in Prometheus' text format. */
export const metricsText = async (): Promise<{ readonly contentType: string; readonly body: string }> => {
  return { contentType: register.contentType, body: await register.metrics() };
};

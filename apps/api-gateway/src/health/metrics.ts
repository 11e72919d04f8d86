import { Counter, Histogram } from 'prom-client';

/** No label names an upgrade, a node or a cluster: their number has no bound. */
export const httpSeconds = new Histogram({
  name: 'baton_http_request_seconds',
  help: 'Duration of HTTP requests by route',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30],
});

export const appends = new Counter({
  name: 'baton_gateway_appends_total',
  help: 'Appends asked of the log, by what became of them',
  labelNames: ['result'],
});

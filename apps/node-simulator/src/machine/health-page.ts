import type { ServerResponse } from 'node:http';
import type { Body } from './body.js';

export const HEALTH_PATH = '/health';

/** What the software of the machine says of itself under its URL: 200 while it is well. */
export const answerHealth = async ({ faults, vitals, lifeSignal }: Body, response: ServerResponse): Promise<void> => {
  const fault = faults.strike('http');
  if (fault && fault.kind !== 'fail') {
    const left = new AbortController();
    response.once('close', () => left.abort());
    await faults.passed(fault, AbortSignal.any([lifeSignal, left.signal]));
    if (lifeSignal.aborted) return void response.destroy();
  }
  const healthy = vitals.areServicesUp && fault?.kind !== 'fail';
  response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify({ healthy }));
};

import { runChecks, type HealthCheck } from '@baton/platform';
import type { IncomingMessage } from 'node:http';
import { FAULTS, MS, POINTS, parseFault, type Fault, type Point } from '../faults/fault.js';
import type { Machine } from '../machine/machine.js';
import { readJson, type Handler, type Reply } from './http-server.js';
import { invalid, Problem } from './problem.js';

type Machines = ReadonlyMap<string, Machine>;

/** Everything that a simulator answers: its nodes to their peers, and the API of faults. */
export const routes = (machines: Machines, isReady: HealthCheck): Handler => {
  return async (request, response) => {
    const target = request.url ?? '/';
    const [, clusterId, nodeId, rest = '/'] = /^\/nodes\/([^/]+)\/([^/?]+)(.*)$/.exec(target) ?? [];
    if (clusterId === undefined) return api(machines, isReady, request, new URL(target, 'http://simulator'));
    const machine = find(machines, clusterId, nodeId);
    await machine.handlePeer(rest, request, response);
    return undefined;
  };
};

const api = async (machines: Machines, isReady: HealthCheck, request: IncomingMessage, url: URL): Promise<Reply> => {
  const { method = 'GET' } = request;
  const [, clusterId, nodeId] = /^\/v1\/clusters\/([^/]+)\/nodes\/([^/]+)\/faults$/.exec(url.pathname) ?? [];
  if (clusterId !== undefined) {
    const machine = find(machines, clusterId, nodeId);
    if (method === 'GET') return { status: 200, body: { faults: machine.faults.list() } };
    if (method === 'POST') return addFault(machine, await readJson(request));
    if (method === 'DELETE') return healFaults(machine, url.searchParams);
    throw new Problem('method-not-allowed', 405, 'Faults take GET, POST and DELETE.');
  }
  if (method !== 'GET') throw new Problem('unknown-route', 404, `There is no ${method} ${url.pathname}.`);
  switch (url.pathname) {
    case '/v1/nodes':
      return { status: 200, body: { nodes: listNodes(machines, url.searchParams.get('cluster')) } };
    case '/v1/faults':
      return { status: 200, body: { possible: FAULTS, ms: MS } };
    case '/livez':
      return { status: 200, body: { alive: true } };
    case '/readyz': {
      const report = await runChecks({ nats: isReady });
      return { status: report.ready ? 200 : 503, body: report };
    }
    default:
      throw new Problem('unknown-route', 404, 'Ask /v1/nodes, /v1/faults or /v1/clusters/<c>/nodes/<n>/faults.');
  }
};

const find = (machines: Machines, clusterId: string, nodeId = ''): Machine => {
  const machine = machines.get(`${clusterId}/${nodeId}`);
  if (machine) return machine;
  throw new Problem('unknown-node', 404, `Node ${nodeId} of ${clusterId} is not simulated here: see GET /v1/nodes.`);
};

const addFault = async (machine: Machine, body: unknown): Promise<Reply> => {
  const fault = parseFault(body);
  if (Array.isArray(fault)) throw invalid(fault);
  await machine.addFault(fault as Fault);
  return { status: 201, body: { faults: machine.faults.list() } };
};

const healFaults = async (machine: Machine, query: URLSearchParams): Promise<Reply> => {
  const at = query.get('at') ?? undefined;
  if (at !== undefined && !POINTS.includes(at as Point)) {
    throw invalid([{ field: 'at', detail: `must be one of ${POINTS.join(', ')}` }]);
  }
  const healed = await machine.faults.heal(at as Point | undefined);
  return { status: 200, body: { healed, faults: machine.faults.list() } };
};

const listNodes = (machines: Machines, cluster: string | null): readonly object[] =>
  [...machines.values()]
    .filter(({ options }) => cluster === null || options.clusterId === cluster)
    .map(({ options, state, bootId, runId, active, manifest, faults, loader }) => {
      const { clusterId, nodeId, url, labels, failureDomain, workload } = options;
      const layers = manifest?.layers ?? {};
      const placed = { clusterId, nodeId, url, labels, failureDomain };
      const { instanceId } = loader.record;
      return {
        ...placed,
        state,
        bootId,
        runId,
        instanceId,
        active,
        layers,
        faults: faults.list(),
        workload: workload.ports,
      };
    });

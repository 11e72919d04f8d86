import { createHash, createCipheriv } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const PACE_MS = 300;
const SIZE = 8 * 2 ** 20;

/** Waits until it holds; while the gateway is down or not ready nothing is known, and it is asked again. */
export const until = async (what, holds, withinMs) => {
  let last;
  for (const end = Date.now() + withinMs; Date.now() < end; await wait(PACE_MS)) {
    try {
      last = await holds();
      if (last) return last;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what} (${last instanceof Error ? last.message : last})`);
};

/** 8 MiB that look random, for a version always the same. */
export const artifactOf = (version) => {
  const key = createHash('sha256').update(`compose ${version}`).digest();
  const bytes = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(SIZE));
  return { bytes, size: SIZE, sha256: createHash('sha256').update(bytes).digest('hex') };
};

/** A simulator's own interface: what its nodes suffer. */
export const simulatorOf = (url) => {
  const change = async (method, { cluster, node }, body) => {
    const response = await fetch(`${url}/v1/clusters/${cluster}/nodes/${node}/faults`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} faults of ${cluster}/${node}: ${response.status}`);
  };
  return { fail: (node, fault) => change('POST', node, fault), heal: (node) => change('DELETE', node) };
};

export const apiOf = (url) => {
  const call = async (method, path, body, headers = {}) => {
    const isBytes = Buffer.isBuffer(body);
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const response = await fetch(url + path, {
      method,
      headers: { 'baton-actor': 'operator:test-compose', ...(body && { 'content-type': type }), ...headers },
      body: isBytes || body === undefined ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const json = async (...args) => JSON.parse(await call(...args));
  return {
    nodes: async (cluster) => (await json('GET', `/v1/clusters/${cluster}/nodes?limit=100`)).items,
    createCluster: (clusterId) => json('POST', '/v1/clusters', { clusterId }),
    register: (release) => json('POST', '/v1/releases', release),
    upload: (version, bytes) => json('PUT', `/v1/releases/${version}/artifact`, bytes),
    startUpgrade: (cluster, body) =>
      json('POST', `/v1/clusters/${cluster}/upgrades`, body, { 'idempotency-key': `compose-${cluster}` }),
    /** Not older than a position of the log. */
    status: (upgradeId, after = 0) => json('GET', `/v1/upgrades/${upgradeId}?after=${after}`),
    /** All events, each a line of JSON. */
    log: async () => {
      const text = await call('GET', '/v1/events?after=0', undefined, { accept: 'application/x-ndjson' });
      return text.split('\n').filter(Boolean);
    },
  };
};

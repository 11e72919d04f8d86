import type { Answer, NodeHello } from '@baton/contracts';
import { answer } from '../test/service.js';
import { MalformedError } from './errors.js';
import { parseAnswer, parseHello } from './node-messages.js';

const hello: NodeHello = {
  clusterId: 'demo',
  nodeId: 'n1',
  url: 'http://127.0.0.1:8090/demo/n1',
  facts: {
    nodeId: 'n1',
    bootId: 'boot-1',
    runId: 'run-1',
    instanceId: 'instance-1',
    active: 'A',
    passive: 'B',
    partitions: { A: { version: '1.0.0', sha256: 'a'.repeat(64), state: 'good' }, B: { state: 'empty' } },
    layers: { software: '1.0.0', kernel: '6.1' },
    services: { storage: 'up' },
    components: { metadata: 'ok' },
    hypervisorUp: true,
    healthyForMs: 12.5,
    upForMs: 99,
    freeBytes: 1_000,
    failureDomain: 'rack-1',
    labels: {},
    workloads: [{ name: 'shop', ha: 'active-active', protocols: ['SMB'] }, { name: 'mail' }],
    upgradeNo: 0,
    epoch: 0,
  },
};

const bytes = (message: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(message));
const wrongField = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    if (error instanceof MalformedError) return error.field;
    throw error;
  }
  return 'none';
};

describe('what nodes send', () => {
  it('is taken as it is when it is well formed, with fields of newer versions', () => {
    const full: Answer = {
      ...answer,
      epoch: 1_000_001,
      progress: 0.5,
      outcome: {
        facts: hello.facts,
        url: 'http://n1',
        probe: { reached: 2, failures: [{ from: 'n1', to: 'n2', reason: 'refused' }] },
        written: { sha256: 'a'.repeat(64), size: 10 },
        alreadyActive: false,
      },
    };
    expect(parseAnswer(bytes({ ...full, mood: 'good' }))).toEqual({ ...full, mood: 'good' });
    expect(parseHello(bytes(hello))).toEqual(hello);
  });

  it.each<[string, unknown]>([
    ['clusterId', 'Demo'],
    ['nodeId', 'n1.n2'],
    ['verb', 'explode'],
    ['stage', 'membership'],
    ['upgradeNo', -1],
    ['attempt', '1'],
    ['epoch', 1.5],
    ['epoch', null],
    ['status', 'perhaps'],
    ['bootId', 7],
    ['progress', -1],
    ['outcome', []],
  ])('is refused as an answer with the name of the wrong field: %s = %p', (field, value) => {
    expect(wrongField(() => parseAnswer(bytes({ ...answer, [field]: value })))).toBe(field);
  });

  it.each<[string, object]>([
    [
      'state',
      { written: undefined, facts: { ...hello.facts, partitions: { A: { state: 'odd' }, B: { state: 'good' } } } },
    ],
    ['storage', { facts: { ...hello.facts, services: { storage: 'maybe' } } }],
    ['sha256', { written: { size: 1 } }],
    ['url', { url: 9 }],
    ['failures', { probe: { reached: 1 } }],
    ['failures', { probe: { reached: 1, failures: [null] } }],
    ['ports', { probe: { reached: 1, failures: [], ports: {} } }],
    ['ok', { probe: { reached: 1, failures: [], ports: [{ to: 'n2', port: 1, seen: '' }] } }],
    ['seen', { probe: { reached: 1, failures: [], names: [{ name: 'a.test', ok: true }] } }],
    ['account-audit', { facts: { ...hello.facts, declared: { 'account-audit': true } } }],
    ['reason', { probe: { reached: 1, failures: [{ from: 'n1', to: 'n2' }] } }],
    ['workloads', { facts: { ...hello.facts, workloads: 'none' } }],
    ['name', { facts: { ...hello.facts, workloads: [{ ha: 'x' }] } }],
    ['protocol', { facts: { ...hello.facts, workloads: [{ name: 'x', protocols: [7] }] } }],
    ['alreadyActive', { alreadyActive: 'yes' }],
  ])('is refused with the name of the wrong field of its outcome: %s', (field, outcome) => {
    expect(wrongField(() => parseAnswer(bytes({ ...answer, outcome })))).toBe(field);
  });

  it.each(['bootId', 'active', 'partitions', 'layers', 'hypervisorUp', 'healthyForMs', 'labels', 'epoch'])(
    'is refused as a hello without %s',
    (field) => {
      const facts = { ...hello.facts, [field]: undefined };
      expect(wrongField(() => parseHello(bytes({ ...hello, facts })))).toBe(field);
    },
  );
});

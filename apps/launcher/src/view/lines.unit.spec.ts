import { stripVTControlCharacters } from 'node:util';
import type { UpgradeStatus } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { node, rolling, stalled } from '../../test/picture-fixtures.js';
import { narrate } from './narrate.js';
import { stackLine } from './stack-lines.js';
import { openScreen } from './screen.js';
import { isUpgraded, places, summary } from './summary.js';
import { cut, duration, pad, widthOf } from './text.js';

const recorded = (type: string, data: unknown): Recorded => ({
  ...{ position: 1, stream: 'lane-u1_main', version: 1, type, data, cluster: 'demo', hash: '' },
  meta: { actor: 'rollout-svc', correlationId: '', causationId: '', commandId: '' },
  recordedAt: '2026-11-21T04:00:00.000Z',
});
const told = (type: string, data: unknown): string => stripVTControlCharacters(narrate(recorded(type, data), 4) ?? '');

describe('lines, where there is no terminal', () => {
  it('tell how the token moves', () => {
    expect(told('TokenGranted', { nodeId: 'n-01', epoch: 1_000_001 })).toBe(
      'demo  n-01      granted    the token, epoch 1000001',
    );
    expect(told('HolderBooted', { nodeId: 'n-01', layers: { software: '1.1.0' } })).toBe(
      'demo  n-01      booted     1.1.0',
    );
    expect(told('TokenReturned', { nodeId: 'n-01', outcome: 'upgraded' })).toContain('returned   the token: upgraded');
  });

  it('stand in columns when clusters have names of different lengths', () => {
    const line = stripVTControlCharacters(narrate(recorded('HolderDrained', { nodeId: 'n1' }), 6) ?? '');
    expect(line).toBe('demo    n1        drained');
  });

  it('leave out what only moves the numbers', () => {
    expect(narrate(recorded('NodeProbed', {}), 4)).toBeUndefined();
  });

  it('say when a process ended and that it runs again', () => {
    const process = 'rollout-svc';
    const said = [
      stackLine({ kind: 'ended', process, how: 'SIGKILL', againInMs: 200 }),
      stackLine({ kind: 'ready', process, again: true }),
    ].map(stripVTControlCharacters);
    expect(said).toEqual([
      '  ✖ rollout-svc ended (SIGKILL): it is started again in 0.2 s',
      '  ✔ rollout-svc runs again',
    ]);
  });
});

describe('the summary', () => {
  const requests = { sent: 2143, failed: 0, elsewhere: 31 };
  const nodes = rolling.nodes.map(({ nodeId }) => node(nodeId, 'stable'));
  const completed: UpgradeStatus = { ...rolling, state: 'completed', nodes, versions: { '1.1.0': 4 } };
  const done = { status: { ...completed, endedAt: '2026-11-21T04:00:21.400Z' }, events: 87, downMost: 1, requests };

  it('of a good end has duration, versions, nodes down at once, failed requests and events', () => {
    const text = summary(done).map(stripVTControlCharacters).join('\n');
    for (const part of ['✔ demo is on 1.1.0', '21 s', '4 × 1.1.0', 'at most 1', '0 failed', '87 of this upgrade']) {
      expect(text).toContain(part);
    }
    expect(isUpgraded(done)).toBe(true);
  });

  it('of a stalled upgrade says so and why', () => {
    const result = { ...done, status: stalled };
    const text = summary(result).map(stripVTControlCharacters).join('\n');
    expect(text).toContain('✖ demo is not on 1.1.0: stalled');
    expect(text).toContain('n-02 did not boot 1.1.0');
    expect(isUpgraded(result)).toBe(false);
  });

  it('is not a good end when a node was left behind', () => {
    expect(isUpgraded({ ...done, status: { ...completed, versions: { '1.1.0': 3, '1.0.0': 1 } } })).toBe(false);
  });
});

describe('what to do next', () => {
  it('is a command a line, none wider than 80 columns but for an address alone', () => {
    const at = { gatewayUrl: 'http://127.0.0.1:8080', simulatorUrl: 'http://127.0.0.1:8090', logs: '.baton/logs' };
    const ids = { clusterId: 'demo', upgradeId: 'u01kaj3v5mz8r0c2d4e6g7h9jkn', nodeId: 'n2', pid: 4711 };
    const lines = places({ ...at, ...ids, natsUrl: 'nats://127.0.0.1:4222' }).map(stripVTControlCharacters);
    // The launcher indents by 2.
    expect(lines.filter((line) => line.length > 78 && !/\/(explain|events)$/.test(line))).toEqual([]);
    expect(lines).toContain(`  curl -H 'content-type: application/json' -d '{"at":"boot","kind":"fail"}' \\`);
  });
});

describe('a screen', () => {
  it('draws over what stands there instead of clearing it first', () => {
    const written: string[] = [];
    const out = { isTTY: true, columns: 80, rows: 24, write: (text: string) => written.push(text) };
    const screen = openScreen(out as unknown as NodeJS.WriteStream);
    screen.draw(['one', 'two']);
    screen.draw(['uno']);
    expect(written.at(-1)).toBe('\x1b[2A\runo\x1b[0K\n\x1b[0J\x1b[?25l');
    screen.keep();
  });
});

describe('text', () => {
  it('is padded and cut by what is seen, not by its colours', () => {
    const red = '\x1b[31mstalled\x1b[39m';
    expect(widthOf(pad(red, 10))).toBe(10);
    expect(stripVTControlCharacters(cut(`${red} because`, 9))).toBe('stalled …');
    expect(cut(red, 7)).toBe(red);
  });

  it('gives times as people say them', () => {
    expect([400, 12_400, 200_000].map(duration)).toEqual(['0.4 s', '12 s', '3 min 20 s']);
  });
});

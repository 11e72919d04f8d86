import { startNats } from '@baton/testing';
import { spawnSync } from 'node:child_process';

const subscribe = (env: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/subscribe.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
};

describe('the example of a subscriber says in one line', () => {
  it.each(['abc', '', '-1', '1.5', '1e3', ' 5', '9'.repeat(20)])('that AFTER=%s is no position', (after) => {
    expect(subscribe({ AFTER: after })).toEqual({
      ...{ status: 2, stdout: '' },
      lines: [`AFTER=${after} is no position: give a whole number, 0 or more.`],
    });
  });

  it('that there is no server, or that it has no log', async () => {
    const nats = await startNats();
    const env = { NATS_URL: nats.url };
    expect(subscribe(env)).toMatchObject({
      status: 1,
      lines: [`No stream BATON_EVENTS at ${nats.url}: stream not found.`],
    });
    await nats.stop();
    expect(subscribe(env)).toMatchObject({ status: 1, lines: [`No nats-server at ${nats.url}: connection refused.`] });
  });
});

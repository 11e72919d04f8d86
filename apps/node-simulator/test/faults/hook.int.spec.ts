import { readFileSync } from 'node:fs';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

const args = { hooks: ['bgp', 'tunnels'] };
/** What hooks have done to the machine. */
const done = (rig: Rig): readonly string[] =>
  readFileSync(rig.disk('n1', 'hooks.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly hook: string; readonly phase: string })
    .map(({ hook, phase }) => `${phase} ${hook}`);
const drains = ['drain bgp', 'drain tunnels'];

describe('a fault at hook', () => {
  carriesOut('hook', {
    fail: async (rig) => {
      expect(await rig.ask('n1', 'drain', args)).toMatchObject({
        outcome: { hooks: [{ hook: 'bgp', evidence: expect.stringContaining('no peer is there') }, {}] },
      });
      await rig.fault({ at: 'hook', kind: 'fail', times: 1 });
      rig.grant();
      expect(await rig.ask('n1', 'drain', args)).toMatchObject({ status: 'failed', reason: 'hook-failed' });
      // It goes on serving, so what an earlier turn had handed over is taken back.
      expect(done(rig)).toEqual([...drains, 'undrain bgp', 'undrain tunnels']);
    },

    hang: async (rig) => {
      await rig.fault({ at: 'hook', kind: 'hang', times: 1 });
      const ended = await rig.hangs('n1', 'drain', args);
      await rig.heal();
      expect(await ended()).toMatchObject({ status: 'done' });
      expect(done(rig)).toEqual(drains);
    },

    slow: async (rig) => {
      await rig.fault({ at: 'hook', kind: 'slow', ms: 80, times: 1 });
      const began = performance.now();
      expect(await rig.ask('n1', 'drain', args)).toMatchObject({ status: 'done' });
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },
  });
});

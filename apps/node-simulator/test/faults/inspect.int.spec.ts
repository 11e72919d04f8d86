import { eventually } from '@baton/testing';
import type { Rig } from '../rig.js';
import { carriesOut } from '../stories.js';

/** Asks once; the result says whether the answer has come, and gives it. */
const inspect = (rig: Rig) => {
  const asked = { isAnswered: false, answer: rig.send('n1', 'inspect') };
  void asked.answer.then(
    () => (asked.isAnswered = true),
    () => undefined,
  );
  return asked;
};

describe('a fault at inspect', () => {
  carriesOut('inspect', {
    hang: async (rig) => {
      await rig.fault({ at: 'inspect', kind: 'hang', times: 2 });
      const [first, second] = [inspect(rig), inspect(rig)];
      await eventually('both hang', async () => (await rig.node()).faults[0]?.times === 0);
      // It is about the answers that were struck, and about nothing else that the node is told.
      expect(await rig.stage()).toMatchObject({ status: 'done' });
      expect(await rig.facts()).toMatchObject({ nodeId: 'n1' });
      expect([first.isAnswered, second.isAnswered]).toEqual([false, false]);
      await rig.heal();
      expect(await first.answer).toMatchObject({ status: 'done', outcome: { facts: { nodeId: 'n1' } } });
      expect(await second.answer).toMatchObject({ status: 'done' });

      await rig.fault({ at: 'inspect', kind: 'hang' });
      const { answer } = inspect(rig);
      await rig.bootsAgain('n1', () => rig.fault({ at: 'heartbeat', kind: 'crash-loop', times: 1 }));
      await expect(answer).rejects.toThrow('aborted');
    },

    slow: async (rig) => {
      await rig.fault({ at: 'inspect', kind: 'slow', ms: 80 });
      const began = performance.now();
      expect(await rig.send('n1', 'inspect')).toMatchObject({ status: 'done' });
      expect(performance.now() - began).toBeGreaterThanOrEqual(79);
    },
  });
});

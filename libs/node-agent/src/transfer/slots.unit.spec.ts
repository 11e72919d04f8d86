import { Slots } from './slots.js';

/** Work that ends when it is told to. */
const work = () => {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let hasBegun = false;
  const run = (): Promise<void> => {
    hasBegun = true;
    return ended;
  };
  return { run, end, hasBegun: () => hasBegun };
};

describe('slots', () => {
  it('let so many work at a time, and the next in the order in which they came (INV-30)', async () => {
    const slots = new Slots(2);
    const all = [work(), work(), work(), work()];
    const done = all.map(({ run }) => slots.run(run));
    const begun = () => all.map(({ hasBegun }) => hasBegun());
    await Promise.resolve();
    expect(begun()).toEqual([true, true, false, false]);
    all[1]?.end();
    await done[1];
    await Promise.resolve();
    expect(begun()).toEqual([true, true, true, false]);
    for (const { end } of all) end();
    await Promise.all(done);
  });

  it('are given back by who fails and by who gives up waiting', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const first = work();
    const holding = slots.run(first.run);
    const leaving = new AbortController();
    const left = slots.run(work().run, leaving.signal);
    leaving.abort(new Error('no longer wanted'));
    await expect(left).rejects.toThrow('no longer wanted');
    first.end();
    await holding;
    await expect(slots.run(() => Promise.resolve('in'))).resolves.toBe('in');
    await expect(slots.run(work().run, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

import { SharedReads } from './shared-reads.js';

const setup = () => {
  const asked: { readonly key: string; readonly end: (value: string) => void; readonly fail: (e: Error) => void }[] =
    [];
  const reads = new SharedReads<string>(
    (key) => new Promise((resolve, reject) => asked.push({ key, end: resolve, fail: reject })),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { asked, reads, turn };
};

describe('reads that share an answer', () => {
  it('ask once for all who came while a question was on its way, and only after that', async () => {
    const { asked, reads, turn } = setup();
    const first = reads.read('u1');
    const others = [reads.read('u1'), reads.read('u1')];
    expect(asked).toHaveLength(1);
    asked[0]!.end('old');
    expect(await first).toBe('old');
    await turn();
    expect(asked).toHaveLength(2);
    const late = reads.read('u1');
    asked[1]!.end('new');
    expect(await Promise.all(others)).toEqual(['new', 'new']);
    await turn();
    asked[2]!.end('newer');
    expect(await late).toBe('newer');
    void reads.read('u1');
    expect(asked).toHaveLength(4);
  });

  it('do not wait for those of another key, nor fail with the question before', async () => {
    const { asked, reads, turn } = setup();
    const failing = reads.read('u1');
    const next = reads.read('u1');
    const other = reads.read('u2');
    expect(asked.map(({ key }) => key)).toEqual(['u1', 'u2']);
    asked[0]!.fail(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await turn();
    asked[2]!.end('back');
    asked[1]!.end('well');
    expect(await Promise.all([next, other])).toEqual(['back', 'well']);
  });
});

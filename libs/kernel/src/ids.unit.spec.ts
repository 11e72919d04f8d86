import { isId } from './ids.js';

describe('ids of clusters, nodes and lanes', () => {
  it.each(['n1', 'rack-7-node-12', 'a'.repeat(63)])('take %s', (id) => {
    expect(isId(id)).toBe(true);
  });

  it.each(['', 'N1', 'a.b', '*', '>', 'a b', '-a', 'a-', 'a'.repeat(64), 'a_b', 'constructor', '__proto__'])(
    'refuse "%s"',
    (id) => {
      expect(isId(id)).toBe(false);
    },
  );
});

import fc from 'fast-check';
import { repeatedFields } from './repeated-fields.js';

const repeated = (text: string): readonly string[] => {
  JSON.parse(text);
  return [...repeatedFields(text)];
};

describe('fields that an object has more than once', () => {
  it.each([
    ['{"a":1,"a":2}', ['/a']],
    ['{"a":1,"b":{"a":2,"c":3}, "a" : 4,"a":5}', ['/a', '/a']],
    ['{"a":[{"b":1},{"b":1,"b":2}]}', ['/a/1/b']],
    ['[[1,2],[{"x":0},"y",{"x":1,"x":1}]]', ['/1/2/x']],
    ['{"a":1,"\\u0061":2}', ['/a']],
    ['{"a/b~":1,"a/b~":2}', ['/a~1b~0']],
    ['{"":1,"":2}', ['/']],
    ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
    ['{"a\\"":1,\n\t"a\\"" :2}', ['/a"']],
  ])('are named by their pointers: %s', (text, pointers) => {
    expect(repeated(text)).toEqual(pointers);
  });

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a\\":","c":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":["a","a",":",","],"A":1}',
    '"a"',
    '[]',
  ])('are no others: %s', (text) => {
    expect(repeated(text)).toEqual([]);
  });

  it('are in nothing that was written from a value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, space) => {
        expect(repeated(JSON.stringify(value, null, space))).toEqual([]);
      }),
    );
  });
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { strategy } from '../../test/precheck-fixtures.js';
import { parseStrategy, strategySchema } from './parse-strategy.js';
import type { FieldPath } from './rules.js';

const isOfSchema = new Ajv2020({ allErrors: true }).compile(strategySchema);
const good = strategy({
  onFailure: { scope: 'lane', action: 'roll-back-node' },
  checks: { 'free-space': 'warning' },
  waves: [
    { name: 'first', select: { role: 'main' }, lanes: 'one' },
    { name: 'rest', lanes: { label: 'lane' } },
  ],
});

const pathsOf = (value: unknown, path: FieldPath = []): readonly FieldPath[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) =>
        pathsOf(inner, [...path, Array.isArray(value) ? Number(name) : name]),
      )
    : []),
];

type Change = (parent: Record<string, unknown>, name: string) => void;

/** A copy with one place changed; at the root there is no parent to change. */
const changed = (path: FieldPath, change: Change): unknown => {
  const copy = structuredClone(good) as unknown as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((at, step) => at[step] as Record<string, unknown>, copy);
  change(parent, String(path.at(-1) ?? 'more'));
  return copy;
};

describe('the schema of strategies', () => {
  it('takes a strategy that the parser takes', () => {
    expect([isOfSchema(good), parseStrategy(good)]).toEqual([true, { strategy: good }]);
  });

  it('and the parser agree on every strategy with one place changed', () => {
    const place = fc.constantFrom(...pathsOf(good));
    const odd = fc.constantFrom<unknown>(null, -1, 0, 1.5, 1e9, '', ' ', 'one', 'error', 'x', true, [], {}, ['one']);
    const change = fc.oneof(
      odd.map(
        (value): Change =>
          (parent, name) =>
            (parent[name] = value),
      ),
      fc.constant<Change>((parent, name) =>
        Array.isArray(parent) ? parent.splice(Number(name), 1) : delete parent[name],
      ),
      fc.constant<Change>((parent, name) => (parent[`${name}-more`] = 1)),
    );
    fc.assert(
      fc.property(place, change, (path, make) => {
        const value = changed(path, make);
        const parsed = parseStrategy(value);
        const errors = 'errors' in parsed ? parsed.errors : [];
        expect(isOfSchema(value)).toBe(errors.every(({ isContradiction }) => isContradiction));
      }),
      { numRuns: 2000 },
    );
  });
});

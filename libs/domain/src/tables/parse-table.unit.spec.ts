import { parseTable } from './parse-table.js';

const rows = [
  { from: '5.0.3', to: '5', strategy: 'instant', since: '2026-01-31' },
  { strategy: 'platform', since: '2026-01-31' },
];
const table = { name: 'pairs', kind: 'modes', title: 'Pairs', source: 'the release notes', rows };
const errorsOf = (value: unknown): readonly string[] => {
  const result = parseTable(value);
  return 'errors' in result ? result.errors.map(({ message }) => message) : [];
};

describe('a table of modes', () => {
  it('is read when it is complete (Q-01)', () => {
    expect(parseTable(table)).toEqual({ table });
  });

  it('says everything that is wrong at once, each with its place', () => {
    const [row] = rows;
    const bad = [
      { ...row, from: '5.x' },
      { ...row, since: '31.1.2026' },
      { ...row, mode: 'fast' },
      { ...row, strategy: '' },
    ];
    expect(errorsOf({ ...table, rows: bad })).toEqual([
      'rows[0].from must be Major, Major.Minor or Major.Minor.Build in quotes, e.g. "6.5", not "5.x"',
      'rows[1].since must be a day in quotes, e.g. "2026-01-31", not "31.1.2026"',
      'rows[2].mode is not known; there are from, to, strategy, since',
      'rows[3].strategy must be lower-case letters, digits and hyphens, at most 63, not ""',
    ]);
    expect(errorsOf({ ...table, rows: [] })).toEqual([expect.stringContaining('rows must be a list with an entry')]);
    expect(errorsOf({ ...table, kind: 'matrix' })).toEqual(['kind must be one of modes, ha, images, not "matrix"']);
    for (const other of [undefined, null, [], 'modes']) expect(errorsOf(other)).toHaveLength(1);
  });

  it('does not say two things of the same versions and day', () => {
    const twice = { ...table, rows: [...rows, { ...rows[0], strategy: 'platform' }] };
    expect(errorsOf(twice)).toEqual(['rows[2] has the versions and the day of rows[0]']);
  });
});

describe('a table of high availability', () => {
  const row = { from: '16.3', ha: 'n-plus-m', nodes: 2, disrupted: false, judged: 'workload', since: '2026-01-31' };
  const ha = { name: 'rules', kind: 'ha', title: 'Rules', source: 'the manual', rows: [row, { ...row, nodes: 3 }] };

  it('is read when it is complete (V-30)', () => {
    expect(parseTable(ha)).toEqual({ table: ha });
  });

  it('says what is wrong with its rows', () => {
    const bad = [
      { ...row, nodes: 1 },
      { ...row, disrupted: 'no' },
      { ...row, judged: 'node' },
    ];
    expect(errorsOf({ ...ha, rows: bad })).toEqual([
      'rows[0].nodes must be a whole number of nodes from 2 to 1000, not 1',
      'rows[1].disrupted must be true or false, not "no"',
      'rows[2].judged must be one of workload, group, not "node"',
    ]);
    expect(errorsOf({ ...ha, rows: [row, { ...row, disrupted: true }] })).toEqual([
      'rows[1] has the versions and the day of rows[0]',
    ]);
  });
});

describe('a table of images', () => {
  const images = {
    ...{ name: 'matrix', kind: 'images', title: 'Images', source: 'the support matrix' },
    rows: [
      { software: '6.5', image: '20.4.1', since: '2026-01-31' },
      { software: '6.5', image: '22.4.1', since: '2026-06-01' },
    ],
  };

  it('is read when it is complete (X-43)', () => {
    expect(parseTable(images)).toEqual({ table: images });
  });

  it('says what is wrong, with its place', () => {
    const [row] = images.rows;
    expect(errorsOf({ ...images, rows: [{ ...row, image: 'jammy', strategy: 'instant' }] })).toEqual([
      'rows[0].strategy is not known; there are software, image, since',
      'rows[0].image must be Major.Minor.Build in quotes, e.g. "6.5.100", not "jammy"',
    ]);
    expect(errorsOf({ ...images, rows: [row, { ...row, image: '22.4.2' }] })).toEqual([
      'rows[1] has the versions and the day of rows[0]',
    ]);
  });
});

import { aRun, historyOf } from '../test/a-run.js';
import { parseHistory, type Files } from './history.js';

const run = historyOf(aRun());
const linesOf = (things: readonly unknown[]): string => things.map((thing) => `${JSON.stringify(thing)}\n`).join('');

const FILES: Files = {
  'log.ndjson': linesOf(run.log),
  'stream.ndjson': linesOf(run.stream),
  'statuses.ndjson': linesOf(run.statuses),
  'truth/truth.jsonl': linesOf(run.truth),
  ...Object.fromEntries(run.journals.map(({ name, lines }) => [name, linesOf([...lines, { taken: '1/stage/1/-' }])])),
};

const unreadable = (path: string, text: string): readonly string[] =>
  parseHistory({ ...FILES, [path]: text }).unreadable.map(({ where }) => where);

describe('a recorded history', () => {
  it('is read from files', () => {
    const { journals, ...rest } = parseHistory(FILES);
    const { journals: expected, ...others } = run;
    expect(rest).toEqual(others);
    expect(journals.map(({ name, lines }) => [name, lines.length - 1])).toEqual(
      expected.map(({ name, lines }) => [name, lines.length]),
    );
  });

  it('is empty where there are no files', () => {
    const { log, stream, statuses, truth, journals } = parseHistory({});
    expect([log, stream, statuses, truth, journals]).toEqual([[], [], [], [], []]);
  });

  it.each(Object.keys(FILES))('names a line of %s that cannot be read', (path) => {
    const lines = (FILES[path] ?? '').split('\n');
    for (const line of [
      '{',
      '7',
      'null',
      '{}',
      '[]',
      '{"position":1}',
      '{"outcome":{"nodeId":"n1"}}',
      '{"floor":{}}',
    ]) {
      expect(unreadable(path, lines.with(0, line).join('\n'))).toEqual([`${path}:1`]);
    }
  });

  it.each(['truth/truth.jsonl', 'journals/demo-n1.jsonl'])(
    'lets the last line of %s be cut: its writer was killed',
    (path) => {
      expect(unreadable(path, (FILES[path] ?? '').slice(0, -9))).toEqual([]);
    },
  );

  it.each(['log.ndjson', 'stream.ndjson', 'statuses.ndjson'])('does not let the last line of %s be cut', (path) => {
    expect(unreadable(path, (FILES[path] ?? '').slice(0, -9))).toHaveLength(1);
  });
});

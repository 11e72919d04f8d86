import { renamed, shippedNames, shippedText, writeShipped } from '@baton/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_CHECKS } from '../../test/gateway-fixture.js';
import { StrategiesError, loadStrategies } from './load-strategies.js';

describe('strategies', () => {
  let folder: string;
  let shipped: string;
  const text = shippedText('nutanix-aos');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-strategies-'));
    shipped = join(folder, 'shipped');
    writeShipped(shipped);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const problemsOf = async (...contents: string[]): Promise<readonly string[]> => {
    await Promise.all(contents.map((content, index) => writeFile(join(folder, `s${index}.yaml`), content)));
    const error = await loadStrategies([folder], ALL_CHECKS).catch((thrown: unknown) => thrown);
    return error instanceof StrategiesError ? error.problems.map((line) => line.replace(`${folder}/`, '')) : [];
  };

  it('are read from the folder that is shipped', async () => {
    const names = [...(await loadStrategies([shipped], ALL_CHECKS)).keys()];
    expect(names.toSorted()).toEqual(shippedNames().map(renamed).toSorted());
    expect((await loadStrategies(['strategies'], ALL_CHECKS)).size).toBe(names.length);
  });

  it('of a later folder win over those of the same name', async () => {
    await writeFile(join(folder, 'mine.yml'), text.replace('seeds: 2', 'seeds: 3'));
    expect((await loadStrategies([shipped, folder], ALL_CHECKS)).get(renamed('nutanix-aos'))?.seeds).toBe(3);
  });

  it('with a wrong field name the file, the line and what is allowed', async () => {
    const line = text.split('\n').findIndex((one) => one.startsWith('seeds:')) + 1;
    const [problem, ...others] = await problemsOf(text.replace('seeds: 2', 'seeds: two'));
    expect(problem).toMatch(new RegExp(`^s0.yaml:${line} seeds`));
    expect(others).toEqual([]);
  });

  it('that name a check which nobody has are refused: misspelt, it would be passed over', async () => {
    const [problem, ...others] = await problemsOf(text.replace('checks: {}', 'checks: { conectivity: warning }'));
    expect(problem).toMatch(/^s0\.yaml:\d+ checks\.conectivity is no check; there are .*\bconnectivity\b/);
    expect(others).toEqual([]);
  });

  it('that are not UTF-8 are refused, whatever else they say', async () => {
    await writeFile(join(folder, 's.yaml'), Buffer.from(text.replace('title: ', 'title: \u00e9'), 'latin1'));
    expect(await problemsOf()).toEqual(['s.yaml:1 a strategy must be UTF-8']);
  });

  it('that are no YAML, stand twice, or are not there at all are refused', async () => {
    expect((await problemsOf('name: [1,'))[0]).toMatch(/^s0.yaml:\d+ /);
    expect(await problemsOf(text, text)).toEqual([
      expect.stringContaining(`strategy ${renamed('nutanix-aos')} stands in`),
    ]);
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'baton-strategies-'));
    expect(await problemsOf()).toEqual([expect.stringContaining('no strategy found')]);
  });
});

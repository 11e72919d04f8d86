import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadChecks } from './load-checks.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-checks-'));
  await write('package.json', '{ "type": "module" }');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = async (path: string, text: string): Promise<void> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const SEVERITY = "severity: 'error'";
const checkNamed = (name: string, more = SEVERITY): string =>
  `export const check = { name: '${name}', title: 'All is well', run: () => [], ${more} };`;

const build = (name: string, text = checkNamed(name)): Promise<void> => write(`dist/precheck/checks/${name}.js`, text);
const source = (name: string): Promise<void> => write(`src/precheck/checks/${name}.ts`, 'export {};');

const names = async (): Promise<readonly string[]> =>
  (await loadChecks(pathToFileURL(`${folder}/`))).map(({ name }) => name);

describe('the checks that run', () => {
  it('are all that are built, in the order of their names, where there are no sources: a file is a check', async () => {
    for (const name of ['room', 'answers']) await build(name);
    await write('dist/precheck/checks/room.d.ts', '');
    await write('dist/precheck/checks/room.js.map', '{}');
    expect(await names()).toEqual(['answers', 'room']);
  });

  it('are those that have a source, where there are sources: one that was deleted runs no more', async () => {
    for (const name of ['answers', 'deleted', 'room']) await build(name);
    for (const name of ['answers', 'room', 'room.unit.spec']) await source(name);
    expect(await names()).toEqual(['answers', 'room']);
  });
});

describe('a start is refused, with the file that is at fault,', () => {
  it('when nothing was built', async () => {
    await expect(names()).rejects.toThrow(/there are no checks under .*: build first/);
  });

  it('when a check was not built', async () => {
    await build('room');
    for (const name of ['answers', 'room', 'seeds']) await source(name);
    await expect(names()).rejects.toThrow('these checks are not built: answers, seeds: build first');
  });

  it.each([
    ['exports nothing', 'export {};'],
    ['exports something else', 'export const check = 7;'],
    ['exports nothing that runs', "export const check = { name: 'room', title: 'Room', severity: 'error' };"],
    ['is of a severity that there is not', checkNamed('room', "severity: 'fatal'")],
    ['has the name of another', checkNamed('answers')],
  ])('when one %s', async (_what, text) => {
    await build('room', text);
    await expect(names()).rejects.toThrow(
      /room\.js is no check: it has to export one as `check`, named room like the file/,
    );
  });

  it.each([
    ['does not parse', 'export const check = {'],
    ['throws', "throw new Error('too early');"],
    ['needs what is not there', "import './gone.js';"],
  ])('when one %s', async (_what, text) => {
    await build('room', text);
    await expect(names()).rejects.toThrow(/room\.js cannot be loaded: /);
  });
});

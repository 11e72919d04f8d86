import 'reflect-metadata';
import { renamed, shippedText } from '@baton/testing';
import { readyToUpgrade, startGateway, type Fixture } from './gateway-fixture.js';

const YAML = { 'content-type': 'application/yaml' };

describe('strategies over HTTP', () => {
  let gateway: Fixture;
  let text: string;
  beforeAll(async () => {
    gateway = await startGateway();
    await readyToUpgrade(gateway);
    text = shippedText('nutanix-aos', 'careful');
  });
  afterAll(() => gateway.close());

  const put = (body: unknown, headers?: Record<string, string>, name = 'careful') =>
    gateway.send('PUT', `/v1/strategies/${name}`, body, headers);
  const lineOf = (start: string): number => text.split('\n').findIndex((line) => line.startsWith(start)) + 1;

  it('are listed with where they come from', async () => {
    const { body } = await gateway.send('GET', '/v1/strategies');
    expect(body.items).toContainEqual(expect.objectContaining({ name: renamed('nutanix-aos'), source: 'file' }));
  });

  it('are published as YAML and as JSON, a version each time that they change, and used by name', async () => {
    expect((await put(text, YAML)).status).toBe(200);
    const first = await gateway.send('GET', '/v1/strategies/careful');
    expect(first.body).toMatchObject({ source: 'published', version: 1, strategy: { seeds: 2 } });

    const again = await put(first.body.strategy);
    expect((await gateway.send('GET', '/v1/strategies/careful')).body.version).toBe(1);
    expect(again.status).toBe(200);

    const plan = await gateway.send('POST', '/v1/clusters/demo/plans', { to: '1.1.0', strategy: 'careful' });
    expect((await put({ ...first.body.strategy, seeds: 1 })).status).toBe(200);
    expect((await gateway.send('GET', '/v1/strategies/careful')).body).toMatchObject({
      version: 2,
      strategy: { seeds: 1 },
    });
    const [request] = await gateway.log.read({ streams: [`upgrade-${plan.body.planId}`] });
    expect(request?.data).toMatchObject({ strategy: { name: 'careful', seeds: 2 } });
  });

  it('with mistakes name each field, its line and what is allowed, and nothing is kept', async () => {
    const head = await gateway.log.head();
    const wrong = text.replace('seeds: 2', 'seeds: two').replace('layer: software', 'layer: softwear');
    const { status, body } = await put(wrong, YAML);
    expect([status, body.type]).toEqual([422, '/problems/invalid-strategy']);
    expect(body.errors).toEqual([
      { pointer: '/layer', line: lineOf('layer:'), detail: expect.stringContaining('software, image') },
      { pointer: '/seeds', line: lineOf('seeds:'), detail: expect.stringContaining('from 1 to 16') },
    ]);
    expect(await gateway.log.head()).toBe(head);
  });

  it('name only checks that there are', async () => {
    const { strategy } = (await gateway.send('GET', `/v1/strategies/${renamed('default')}`)).body;
    const { status, body } = await put({ ...strategy, name: 'careful', checks: { conectivity: 'off' } });
    expect([status, body.errors]).toEqual([
      422,
      [{ pointer: '/checks/conectivity', detail: expect.stringMatching(/is no check; there are .*\bconnectivity\b/) }],
    ]);
  });

  it('soften no check that Baton itself relies on', async () => {
    const { strategy } = (await gateway.send('GET', `/v1/strategies/${renamed('default')}`)).body;
    const soft = (severity: string) => put({ ...strategy, name: 'careful', checks: { 'artifact-intact': severity } });
    for (const severity of ['off', 'warning']) {
      const { status, body } = await soft(severity);
      expect([status, body.errors]).toEqual([
        422,
        [{ pointer: '/checks/artifact-intact', detail: expect.stringContaining('must be error') }],
      ]);
    }
    expect((await soft('error')).status).toBe(200);
  });

  it.each([
    ['no YAML', 'name: [1,', 'line 1'],
    ['two of a field', 'name: careful\nname: careful\n', 'line 2: name stands in its map twice'],
    ['an alias', 'name: &a careful\ntitle: *a\n', 'anchors'],
    ['aliases of aliases', 'a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n', 'anchors'],
    ['brackets without end', '['.repeat(30_000), 'nested'],
    ['lists in lists', '- '.repeat(30_000), 'nested'],
    ['two documents', 'name: a\n---\nname: b\n', 'line 2: a strategy must be one document'],
    ['a tab as indentation', 'name: careful\nstaging:\n\tperSource: 4\n', 'line 3: Tabs are not allowed'],
    ['a tag', 'name: !secret careful\n', 'line 1: Unresolved tag: !secret'],
    ['a tag that YAML knows', 'name: careful\nchecks: !!set {a}\n', 'line 2: tags are not taken'],
    ['a name of a field that is no text', 'name: careful\nchecks: {? [a] : off}\n', 'line 2: the name of a field must'],
    ['a name that means something else', 'name: careful\n__proto__: {a: 1}\n', 'line 2: __proto__ is not a name'],
    ['a merge', 'name: careful\nstaging:\n  <<: {perSource: 4}\n', 'staging.<< is not known'],
    ['NUL in quotes', 'name: careful\ntitle: "\\0"\n', 'line 2: holds characters that are not text'],
    ['half of a character', 'name: careful\ntitle: "\\ud800"\n', 'line 2: holds characters that are not text'],
    ['an encoding of two bytes', Buffer.from('name: careful', 'utf16le').toString(), 'characters that are not text'],
    ['nothing', '', 'must be a map'],
    ['another name', 'name: other', 'title must be'],
  ])('that hold %s are refused with what is wrong, and nothing is kept', async (_what, body, said) => {
    const { body: known } = await gateway.send('GET', '/v1/strategies');
    const answer = await put(body, YAML);
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(said)]);
    expect((await gateway.send('GET', '/v1/strategies')).body).toEqual(known);
  });

  it('are at most 64 KiB of text and 16 KiB without the comments', async () => {
    const large = await put(`${text}# ${'x'.repeat(1024 * 1024)}`, YAML);
    expect(large.status).toBe(413);
    const { body } = await put(text.replace('title: ', `title: ${'x'.repeat(17_000)}`), YAML);
    expect(body.detail).toContain('16 KiB');
  });

  it('are taken with a mark of the byte order, and are UTF-8 or nothing', async () => {
    const marked = shippedText('default', 'marked');
    expect((await put(`\ufeff${marked}`, YAML, 'marked')).status).toBe(200);
    const latin = Buffer.from(marked.replace('title: ', 'title: \u00e9'), 'latin1');
    const { status, body } = await put(latin, YAML, 'marked');
    expect([status, body.detail]).toEqual([400, 'The body is not UTF-8. Send it in UTF-8.']);
    expect((await gateway.send('GET', '/v1/strategies/marked')).body.version).toBe(1);
  });

  it('do not take the name of one from a file, nor another than that of the path', async () => {
    const own = renamed('nutanix-aos');
    const shipped = await put(shippedText('nutanix-aos'), YAML, own);
    expect([shipped.status, shipped.body.type]).toEqual([409, '/problems/strategy-shipped']);
    const other = await put(text, YAML, 'careless');
    expect(other.body.errors).toEqual([{ pointer: '/name', line: 1, detail: 'name must be careless' }]);
  });

  it('that nobody knows are not found', async () => {
    const { status, body } = await gateway.send('GET', '/v1/strategies/nobody');
    expect([status, body.type]).toEqual([404, '/problems/strategy-not-found']);
  });
});

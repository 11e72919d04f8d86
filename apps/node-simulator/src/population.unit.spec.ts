import { populate } from './population.js';
import { simulatorSettings } from './settings.js';

const parse = (text: string) => simulatorSettings.workloads.parse(text);

describe('what simulated nodes say that they serve', () => {
  it('is set for nodes by number, with how it is kept available and by which protocols', () => {
    const servings = parse('lab:1-2:shop=active-active/SMB+NFS,lab:2-2:mail,lab:3-3:news/HTTP');
    const residents = populate([{ clusterId: 'lab', nodes: 4, lanes: 1 }], undefined, [], servings);
    const shop = { name: 'shop', ha: 'active-active', protocols: ['SMB', 'NFS'] };
    expect(residents.map(({ workloads }) => workloads)).toEqual([
      [shop],
      [shop, { name: 'mail' }],
      [{ name: 'news', protocols: ['HTTP'] }],
      [],
    ]);
    expect(populate([{ clusterId: 'lab', nodes: 1, lanes: 1 }])[0]).not.toHaveProperty('workloads');
  });

  it.each(['lab:1:shop', 'lab:2-1:shop', 'lab:1-2:', 'lab:1-2:shop=', 'Lab:1-2:shop'])('is refused as %s', (text) => {
    expect(() => parse(text)).toThrow('name:first-last:workload=ha/protocol+protocol');
  });
});

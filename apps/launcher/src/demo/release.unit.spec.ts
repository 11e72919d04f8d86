import { createHash } from 'node:crypto';
import { artifactBytes, artifactFacts } from './artifact.js';
import { compareVersions, nextMinor } from './release.js';

describe('releases of the demonstration', () => {
  it('are always the next minor', () => {
    expect([nextMinor('1.0.0'), nextMinor('1.9.3')]).toEqual(['1.1.0', '1.10.0']);
    expect(['1.10.0', '1.2.0', '1.9.9'].sort(compareVersions)).toEqual(['1.2.0', '1.9.9', '1.10.0']);
  });

  it('have artifacts of 8 MiB or more that differ per release and are the same each time', async () => {
    const [first, again, next] = await Promise.all([
      artifactFacts('1.1.0'),
      artifactFacts('1.1.0'),
      artifactFacts('1.2.0'),
    ]);
    expect(again).toEqual(first);
    expect(next.sha256).not.toBe(first.sha256);
    expect(first.size).toBeGreaterThanOrEqual(8 * 2 ** 20);

    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of artifactBytes('1.1.0')) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    expect({ sha256: hash.digest('hex'), size }).toEqual(first);
  });
});

import type { Request, Strategy } from '@baton/contracts';
import { examined, precheckFacts, release, request, strategy } from '../../test/precheck-fixtures.js';
import { check } from './checks/image-fits.js';

const images = { '1.0.0': '20.4.1', '1.1.0': '22.4.1' };
const findings = (over: Partial<Strategy>, more: Partial<Request> = {}) => {
  const nodes = [
    examined('n1', { layers: { software: '1.0.0', image: '20.4.1' } }),
    examined('n2', { layers: { software: '1.1.0', image: '20.4.1' } }),
  ];
  const asked = request({ strategy: strategy({ images: 'matrix', ...over }), images, ...more });
  return check.run(precheckFacts(nodes, { request: asked })).map(({ nodeId, evidence }) => [nodeId, evidence]);
};

describe('the check of images', () => {
  const ofImage = { release: release({ layer: 'image', version: '22.4.1' }), to: '22.4.1' };

  it('finds nodes whose software does not go with the image that they would get (X-43)', () => {
    expect(findings({ layer: 'image', activation: 'replace' }, ofImage)).toEqual([
      ['n1', 'n1 runs 1.0.0; image 20.4.1 goes with it, not 22.4.1.'],
    ]);
  });

  it('looks at nodes that take part only', () => {
    const select = { nodes: ['n2'] };
    expect(findings({ layer: 'image', nodes: { choose: true } }, { ...ofImage, select })).toEqual([]);
  });

  it('finds that no image goes with the software that replaced nodes would get', () => {
    expect(findings({ activation: 'replace' }, { images: {} })).toEqual([
      [undefined, 'Table matrix names no image for 1.1.0, so nodes would come back with the one they have.'],
    ]);
    expect(findings({ activation: 'replace' })).toEqual([]);
    expect(findings({ activation: 'restart' }, { images: {} })).toEqual([]);
  });

  it('has nothing to say without a table', () => {
    expect(findings({ activation: 'replace', images: undefined }, { images: undefined })).toEqual([]);
  });
});

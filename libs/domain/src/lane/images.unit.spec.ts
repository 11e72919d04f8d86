import type { AskArgs, Request, Strategy } from '@baton/contracts';
import { answered, asked, lane, opened, turn } from '../../test/lane-fixtures.js';
import { release } from '../../test/precheck-fixtures.js';

const images = { '1.0.0': '20.4.1', '1.1.0': '22.4.1' };
const REPLACED: Partial<Strategy> = { activation: 'replace', images: 'matrix' };
const n1 = turn('n1', 1);
const back = turn('n1', 2, 2, 'back');

const forward = (over: Partial<Strategy> = REPLACED, more: Partial<Request> = { images }) =>
  lane(asked(over, more), opened(), n1.drained);
const backward = (known: Request['images'] = images) =>
  lane(asked(REPLACED, { images: known }), opened(), n1.done, opened(undefined, { direction: 'back' }), back.drained);
const argsOf = (of: ReturnType<typeof lane>): AskArgs | undefined => of.outstanding()[0]?.args;

describe('a node that is replaced', () => {
  it('gets the image that goes with the software it goes to (X-43)', () => {
    expect(argsOf(forward())).toMatchObject({ activation: 'replace', image: '22.4.1' });
  });

  it.each([
    ['lower', '20.4.1'],
    ['higher', '24.4.1'],
    ['equal', '22.4.1'],
  ])('gets the image of the old software on its way back, which may be %s (X-44)', (_what, image) => {
    const args = argsOf(backward({ ...images, '1.0.0': image }));
    expect(args).toMatchObject({ activation: 'replace', image });
  });

  it('keeps the image of its partition when no table says another', () => {
    expect(argsOf(forward(REPLACED, {}))).not.toHaveProperty('image');
  });

  it('is over when it has the software and the image that go together (X-46)', () => {
    const activated = lane(asked(REPLACED, { images }), opened(), n1.activated);
    const facts = n1.after({ layers: { software: '1.1.0', image: '22.4.1' } });
    expect(answered(activated, n1.answer('inspect', { facts }))).toMatchObject([
      { type: 'HolderBooted', data: { layers: { software: '1.1.0', image: '22.4.1' } } },
    ]);
  });

  it('stalls when it came back with the software and another image, whoever heard of it (X-46)', () => {
    const activated = lane(asked(REPLACED, { images }), opened(), n1.activated);
    const facts = n1.after({ layers: { software: '1.1.0', image: '20.4.1' } });
    const evidence = 'n1 came back on image 20.4.1 in place of 22.4.1';
    expect(answered(activated, n1.answer('inspect', { facts }))).toMatchObject([
      { type: 'LaneStalled', data: { reason: 'wrong-version', evidence: expect.stringContaining(evidence) } },
    ]);
    expect(answered(forward(), n1.answer('inspect', { facts }))).toEqual([]);
  });
});

describe('a node that stays', () => {
  it('keeps its image, whatever goes with its new software (X-01)', () => {
    expect(argsOf(forward({ activation: 'restart', images: 'matrix' }))).not.toHaveProperty('image');
  });
});

describe('a node whose image is what goes over', () => {
  it('gets that and no other', () => {
    const ofImage = { images, release: release({ layer: 'image', version: '22.4.1' }), to: '22.4.1' };
    const args = argsOf(forward({ ...REPLACED, layer: 'image' }, ofImage));
    expect(args).toMatchObject({ activation: 'replace', artifact: { layer: 'image', version: '22.4.1' } });
    expect(args).not.toHaveProperty('image');
  });
});

import type { ImageRow } from '@baton/contracts';
import { imageOf, imagesOf, type Images } from './images.js';

const rows: readonly ImageRow[] = [
  { software: '6', image: '18.4.1', since: '2026-01-01' },
  { software: '6.6', image: '20.4.1', since: '2026-01-01' },
  { software: '6.6', image: '22.4.1', since: '2026-06-01' },
  { software: '6.6.100', image: '20.4.9', since: '2026-01-01' },
];
const on = (today: string): Images => ({
  table: { name: 'matrix', kind: 'images', title: 'Images', source: 'a spec', rows },
  today,
});

describe('the image that goes with a version of the software', () => {
  it('changes on the day that the table says, and not before (X-43)', () => {
    expect(imageOf(on('2026-05-31'), '6.6.900')).toBe('20.4.1');
    expect(imageOf(on('2026-06-01'), '6.6.900')).toBe('22.4.1');
  });

  it('is that of the closest row, whatever its day (X-43)', () => {
    expect(imageOf(on('2026-06-15'), '6.6.100')).toBe('20.4.9');
    expect(imageOf(on('2026-06-15'), '6.5.100')).toBe('18.4.1');
    expect(imageOf(on('2026-06-15'), '7.0.1')).toBeUndefined();
    expect(imageOf(on('2025-12-31'), '6.6.100')).toBeUndefined();
  });

  it('is told of several at once, once each, and of none that the table does not know', () => {
    expect(imagesOf(on('2026-06-15'), ['6.6.900', '6.5.1', '6.6.900', '7.0.1'])).toEqual({
      '6.5.1': '18.4.1',
      '6.6.900': '22.4.1',
    });
  });
});

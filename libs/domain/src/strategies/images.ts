import type { Strategy } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import { contradiction, matching, optional, type StrategyError } from './rules.js';

export const imagesField = optional(matching(ID_PATTERN, 'the name of a table'));

/** What `images` cannot say of every strategy. */
export const imageContradictions = ({ images, layer, versions }: Strategy): readonly StrategyError[] => {
  if (images === undefined || layer === 'software') return [];
  if (layer !== 'image') {
    return [contradiction(['images'], `is for layer software or image: no image goes with ${layer}`)];
  }
  if (versions?.target === 'leader') return [];
  return [contradiction(['images'], 'says where layer image goes to, so versions.target must be leader')];
};

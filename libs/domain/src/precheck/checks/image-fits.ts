import { judgeChosen, type Check, type CheckFinding, type PrecheckFacts } from '../check.js';

/** A new instance of the same software: its image must be the one that goes with that. */
const ofImage = (facts: PrecheckFacts): readonly CheckFinding[] =>
  judgeChosen(facts, ({ nodeId, facts: { layers } }) => {
    const { release, images = {} } = facts.request;
    const { software = 'nothing known' } = layers;
    const fits = images[software];
    if (fits === release.version || layers.image === release.version) return [];
    const evidence = `${nodeId} runs ${software}; ${fits === undefined ? 'no image' : `image ${fits}`} goes with it, not ${release.version}.`;
    return [{ nodeId, evidence, remedy: `Bring ${nodeId} to the software that ${release.version} goes with first.` }];
  });

/** Whoever is replaced to get other software comes back with the image of that. */
const ofSoftware = ({ request: { strategy, images = {}, to } }: PrecheckFacts): readonly CheckFinding[] => {
  const ways = [strategy.activation, ...strategy.waves.map(({ activation }) => activation)];
  if (!ways.includes('replace') || images[to] !== undefined) return [];
  const evidence = `Table ${strategy.images} names no image for ${to}, so nodes would come back with the one they have.`;
  return [{ evidence, remedy: `Add a row for ${to} to table ${strategy.images}.` }];
};

/** X-43: which image goes with which software is said by a table. */
export const check: Check = {
  name: 'image-fits',
  title: 'Every node that is replaced comes back with the image that goes with its software',
  severity: 'error',
  consequence: 'A node may come back with an image that its software was not made for.',
  run: (facts) => {
    const { images, layer } = facts.request.strategy;
    if (images === undefined) return [];
    return layer === 'image' ? ofImage(facts) : ofSoftware(facts);
  },
};

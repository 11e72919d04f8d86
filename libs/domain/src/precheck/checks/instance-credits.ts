import { declaredCheck, leading } from '../declared.js';

/** Instances of these types slow down when their credits are used up. */
export const check = declaredCheck({
  name: 'instance-credits',
  title: 'Leading nodes that live on credits have them without limit',
  consequence: 'The node runs out of credits while its image is upgraded, and is too slow to come up in time.',
  nodes: (facts) =>
    facts.request.release.layer === 'image'
      ? leading(facts).filter(
          ({ member: { labels } }) => labels['cloud'] === 'aws' && /^t[23]\./.test(labels['instance-type'] ?? ''),
        )
      : [],
  declarations: [
    {
      fact: 'credits',
      wanted: ['unlimited'],
      remedy: 'Set the credits of the instance to unlimited.',
    },
  ],
});

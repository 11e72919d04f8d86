import { declaredCheck, following, goingOver } from '../declared.js';

/** A replaced gateway hands over to its peer only in such a mesh. */
export const check = declaredCheck({
  name: 'activemesh',
  title: 'Each gateway that is replaced is in a mesh that takes over for it',
  consequence: 'Traffic through the gateway stops while it is replaced; support must have been asked before.',
  nodes: (facts) => (facts.request.release.layer === 'image' ? following({ ...facts, nodes: goingOver(facts) }) : []),
  declarations: [
    {
      fact: 'activemesh',
      wanted: ['2.0'],
      remedy: 'Ask support first; when they agree, waive this check with their answer as the reason.',
    },
  ],
});

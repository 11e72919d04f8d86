import { declaredCheck, following } from '../declared.js';

/** As the controller shows them. */
export const check = declaredCheck({
  name: 'tunnels-up',
  title: 'All tunnels of all gateways are up',
  consequence: 'Traffic that has no other way stops when the gateway at the end of the last tunnel goes over.',
  nodes: following,
  declarations: [
    {
      fact: 'tunnels',
      wanted: ['up'],
      remedy: 'Bring all its tunnels up.',
    },
  ],
});

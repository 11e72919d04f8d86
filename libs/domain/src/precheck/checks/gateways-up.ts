import { declaredCheck } from '../declared.js';

/** As the controller shows it; that services are up is looked at by `cluster-status`. */
export const check = declaredCheck({
  name: 'gateways-up',
  title: 'The controller shows itself and all gateways as up',
  consequence: 'A gateway that is down already has no peer to take over for, and may not come back from its upgrade.',
  nodes: ({ nodes }) => nodes,
  declarations: [
    {
      fact: 'shown-as',
      wanted: ['up'],
      remedy: 'Bring it up, until the controller shows it as up.',
    },
  ],
});

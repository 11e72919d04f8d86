import { declaredCheck, leading } from '../declared.js';

/** A deployment without it has nothing to be brought up to date. */
export const check = declaredCheck({
  name: 'ha-application',
  title: 'The application that keeps the controller highly available is at its latest',
  consequence:
    'A controller that fails in the upgrade is not brought back, or by an application that does not know it.',
  nodes: (facts) => leading(facts).filter(({ member }) => member.labels['cloud'] === 'aws'),
  declarations: [
    {
      fact: 'ha-application',
      wanted: ['latest', 'none'],
      remedy:
        'Disable it and enable it again, which brings its latest, well before an upgrade; never leave it disabled for one: a new controller would be deployed, and the last backup restored to it.',
    },
  ],
});

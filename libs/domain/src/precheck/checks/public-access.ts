import { declaredCheck, leading } from '../declared.js';

/** What a TCP connection cannot show: an echo of a public host, and who is let in. */
export const check = declaredCheck({
  name: 'public-access',
  title: 'The leading nodes reach the public network, and only those who should reach them',
  consequence: 'The leading node may not get what it needs, or strangers reach it while it is upgraded.',
  nodes: leading,
  declarations: [
    {
      fact: 'public-ping',
      wanted: ['ok'],
      remedy: 'Let the node ping a public host.',
    },
    {
      fact: 'security-groups',
      wanted: ['restricted'],
      remedy: 'Restrict access to the node by its security groups.',
    },
  ],
});

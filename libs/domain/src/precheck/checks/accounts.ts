import { declaredCheck, leading } from '../declared.js';

/** As the account audit of the controller says; Baton has no access to clouds. */
export const check = declaredCheck({
  name: 'accounts',
  title: 'All cloud accounts are in order',
  consequence: 'Nodes whose account does not reach its cloud can be neither replaced nor rolled back.',
  nodes: leading,
  declarations: [
    {
      fact: 'account-audit',
      wanted: ['clean'],
      remedy: 'Run the account audit and mend what it finds.',
    },
    {
      fact: 'accounts-reach-clouds',
      wanted: ['all'],
      remedy: 'Mend the access of each account that does not reach its cloud.',
    },
    {
      fact: 'primary-account',
      wanted: ['valid'],
      remedy: 'Renew the credentials of the primary account.',
    },
    {
      fact: 'iam-policies',
      wanted: ['recommended'],
      remedy: 'Bring the IAM policies to those that are recommended.',
    },
  ],
});

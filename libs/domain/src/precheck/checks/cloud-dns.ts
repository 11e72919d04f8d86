import { declaredCheck, leading } from '../declared.js';

const CLOUDS: ReadonlySet<string> = new Set(['aws', 'azure']);

/** A cloud that resolves names by itself answers in place of the resolver that the strategy names. */
export const check = declaredCheck({
  name: 'cloud-dns',
  title: 'The cloud does not answer for names in place of the resolver',
  consequence: 'Names are resolved by the cloud and not by the resolver that was tried.',
  nodes: (facts) =>
    (facts.request.strategy.names ?? []).some(({ server }) => server !== undefined)
      ? leading(facts).filter(({ member }) => CLOUDS.has(member.labels['cloud'] ?? ''))
      : [],
  declarations: [
    {
      fact: 'cloud-dns',
      wanted: ['off'],
      remedy: 'Switch off DNS of the VPC or VNET.',
    },
  ],
});

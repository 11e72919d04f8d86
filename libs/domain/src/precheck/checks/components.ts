import { judgeNodes, type Check } from '../check.js';

/** Whatever components the software names (a metadata store, a configuration service ...): none may be unwell. */
export const check: Check = {
  name: 'components',
  title: 'All named components of all nodes are ok',
  severity: 'error',
  consequence: 'A component that is unwell may not survive that other nodes go over, and its node may stall.',
  run: (facts) =>
    judgeNodes(facts, ({ nodeId, facts: { components } }) =>
      Object.entries(components)
        .filter(([, state]) => state !== 'ok')
        .map(([name, state]) => ({
          nodeId,
          evidence: `${name} on ${nodeId} is ${state}.`,
          remedy: `Repair ${name} on ${nodeId}.`,
        })),
    ),
};

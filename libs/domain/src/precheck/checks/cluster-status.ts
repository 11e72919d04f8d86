import { judgeNodes, type Check } from '../check.js';

export const check: Check = {
  name: 'cluster-status',
  title: 'All services of all nodes are up, and so are the hypervisors under them',
  severity: 'error',
  consequence:
    'What is down now stays down for its clients while other nodes go over, and a node whose services do not come up stalls.',
  run: (facts) =>
    judgeNodes(facts, ({ nodeId, facts: { services, hypervisorUp } }) => {
      const names = Object.keys(services);
      const down = names.filter((name) => services[name] !== 'up');
      const findings = [];
      if (down.length > 0) {
        const are = down.length === 1 ? 'is' : 'are';
        const evidence = `${down.length} of ${names.length} services of ${nodeId} ${are} not up: ${down.join(', ')}.`;
        findings.push({ nodeId, evidence, remedy: `Start ${down.join(', ')} on ${nodeId}.` });
      }
      if (!hypervisorUp) {
        const evidence = `The hypervisor under ${nodeId} does not answer.`;
        findings.push({ nodeId, evidence, remedy: `Bring the hypervisor under ${nodeId} back.` });
      }
      return findings;
    }),
};

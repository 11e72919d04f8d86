import { documented } from '@baton/testing';
import { strategySchema } from './strategies/parse-strategy.js';
import { stateMachinesPage, walkMachines } from '../test/state-machines-page.js';

describe('docs/state-machines.md', () => {
  const machines = walkMachines();

  it('is what the rules do in seeded walks; npm run docs makes it anew', () => {
    const { stored, made } = documented('docs/state-machines.md', stateMachinesPage(machines));
    expect(stored).toBe(made);
  });

  it('shows every end of a token and every end of an upgrade', () => {
    const { lane, rollout } = machines.stages;
    expect(lane?.types).toEqual(expect.arrayContaining(['TokenReturned', 'HolderSkipped', 'HolderEvicted']));
    expect(rollout?.types).toEqual(expect.arrayContaining(['RolloutFinalized', 'RollbackCompleted', 'RolloutAborted']));
  });

  it('INV-16 shows a grant only where the lane is free', () => {
    const grants = machines.stages['lane']?.steps.filter(({ type }) => type === 'TokenGranted');
    expect(grants).toEqual([{ from: 'free', type: 'TokenGranted', to: 'granted' }]);
  });
});

describe('docs/strategy.schema.json', () => {
  it('is the schema that strategies are read by; npm run docs makes it anew', () => {
    const { stored, made } = documented('docs/strategy.schema.json', JSON.stringify(strategySchema));
    expect(stored).toBe(made);
  });
});

import { seedBytes } from '../../plan/rank-seeds.js';
import { hasAnswered, readableBytes, type Check } from '../check.js';

export const check: Check = {
  name: 'enough-seeds',
  title: 'Enough nodes can be seed nodes',
  severity: 'error',
  consequence: 'The distribution stalls if fewer nodes than the strategy wants can hold the artifact.',
  run: ({ nodes, request }) => {
    const { seeds } = request.strategy;
    const needed = seedBytes(request.release.size);
    const able = nodes.filter(hasAnswered).filter(({ facts }) => facts.freeBytes >= needed);
    if (able.length >= seeds) return [];
    const evidence = `${able.length} of ${nodes.length} nodes have the ${readableBytes(needed)} of a seed node; ${seeds} are needed.`;
    return [{ evidence, remedy: `Free ${readableBytes(needed)} on ${seeds - able.length} more nodes.` }];
  },
};

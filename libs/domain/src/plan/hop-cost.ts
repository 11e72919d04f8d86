import type { Member, Request, Strategy } from '@baton/contracts';
import type { HopCost } from '../versions/solve-path.js';
import { divideIntoLanes, type DividedWave } from './divide-lanes.js';
import { interruptedBy } from './interrupted.js';
import { waveRule } from './wave-rules.js';

/** Turns one after the other, when a lane opens as soon as another one of so many is done. */
const turnsOf = ({ lanes }: DividedWave, atOnce: number): number => {
  const lengths = lanes.map(({ nodes }) => nodes.length);
  if (atOnce >= lengths.length) return Math.max(0, ...lengths);
  const open = new Array<number>(atOnce).fill(0);
  for (const length of lengths) {
    const first = open.indexOf(Math.min(...open));
    open[first] = (open[first] ?? 0) + length;
  }
  return Math.max(...open);
};

/** How long waves take and how many nodes are down, when each step takes as long as it may and nothing stalls. */
export const costOfWaves = (
  strategy: Strategy,
  waves: readonly DividedWave[],
): Pick<HopCost, 'turns' | 'down' | 'expectedMs'> => {
  const { precheckMs, storeMs, stageMs, drainMs, activateMs, bootMs, stableWithinMs } = strategy.timing;
  const costs = waves.map((wave) => {
    const rule = waveRule(strategy, wave.name);
    const down = Math.min(wave.lanes.length, rule?.lanesAtOnce ?? Infinity);
    return { turns: turnsOf(wave, down), down, soakMs: rule?.soakMs ?? 0 };
  });
  const turns = costs.reduce((sum, wave) => sum + wave.turns, 0);
  const soakMs = costs.reduce((sum, wave) => sum + wave.soakMs, 0);
  const turnMs = drainMs + activateMs + bootMs + stableWithinMs;
  return {
    turns,
    down: Math.max(0, ...costs.map(({ down }) => down)),
    expectedMs: precheckMs + storeMs + stageMs + turns * turnMs + soakMs,
  };
};

/** What a strategy makes of these nodes, when all of them go over. */
export const hopCost = (
  strategy: Strategy,
  members: readonly Member[],
  acknowledge?: Request['acknowledge'],
): HopCost => {
  const cost = costOfWaves(strategy, divideIntoLanes(strategy.waves, members, { acknowledge }));
  const interrupts = interruptedBy(strategy, cost.down, members.length);
  return { ...cost, ...(interrupts && { interrupts }) };
};

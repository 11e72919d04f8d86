import type { Member, Strategy } from '@baton/contracts';
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

/** What a strategy makes of these nodes, when all of them go over and nothing stalls. */
export const hopCost = (strategy: Strategy, members: readonly Member[]): HopCost => {
  const { waves, timing } = strategy;
  const costs = divideIntoLanes(waves, members).map((wave) => {
    const rule = waveRule(strategy, wave.name);
    const down = Math.min(wave.lanes.length, rule?.lanesAtOnce ?? Infinity);
    return { turns: turnsOf(wave, down), down, soakMs: rule?.soakMs ?? 0 };
  });
  const turns = costs.reduce((sum, wave) => sum + wave.turns, 0);
  const soakMs = costs.reduce((sum, wave) => sum + wave.soakMs, 0);
  const { precheckMs, storeMs, stageMs, drainMs, activateMs, bootMs, stableWithinMs } = timing;
  const turnMs = drainMs + activateMs + bootMs + stableWithinMs;
  const down = Math.max(0, ...costs.map((wave) => wave.down));
  const interrupts = interruptedBy(strategy, down, members.length);
  return {
    turns,
    down,
    ...(interrupts && { interrupts }),
    expectedMs: precheckMs + storeMs + stageMs + turns * turnMs + soakMs,
  };
};

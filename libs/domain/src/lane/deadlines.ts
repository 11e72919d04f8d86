import type { Strategy } from '@baton/contracts';
import { assertNever } from '@baton/kernel';
import { shownWithinMs } from './gates.js';
import type { OnRecord, Scene } from './scene.js';
import type { Held, Step } from './state.js';

/** How long the holder's step may take, and until when that is. */
export const deadlineOf = ({ state, request }: Pick<OnRecord<Held>, 'state' | 'request'>) => {
  const { step } = state.holder;
  const ms = allowedMs(step.name, request.strategy);
  return { ms, at: step.at + ms };
};

export const isPast = (scene: Scene<Held>): boolean => scene.now >= deadlineOf(scene).at;

const allowedMs = (step: Step['name'], strategy: Strategy): number => {
  const { timing } = strategy;
  switch (step) {
    case 'granted':
      return timing.drainMs;
    case 'drained':
      return timing.activateMs;
    case 'activated':
      return timing.bootMs;
    case 'booted':
      return shownWithinMs(strategy);
    case 'stable':
      return timing.drainMs;
    default:
      return assertNever(step);
  }
};

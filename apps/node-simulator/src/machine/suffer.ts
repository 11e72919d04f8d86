import { Failure } from '@baton/node-agent';
import { FAULTS } from '../faults/fault.js';
import type { Body } from './body.js';

/** Carries out the fault that strikes an order; true: the bytes are to be corrupted. Throws when the order ends here. */
export const suffer = async (
  machine: Body,
  at: 'store' | 'stage' | 'hook' | 'activate' | 'finalize',
  signal: AbortSignal,
): Promise<boolean> => {
  const { faults } = machine;
  const fault = faults.strike(at);
  switch (fault?.kind) {
    case 'fail':
      throw new Failure(`${at}-failed`, `By a fault that was set, ${FAULTS[at].fail}.`);
    case 'disk-full':
      throw new Failure('disk-full', `By a fault that was set, ${FAULTS[at]['disk-full']}.`);
    case 'hang':
    case 'slow':
      await faults.passed(fault, signal);
      break;
    case 'gone':
      machine.crash();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      break;
    default:
  }
  signal.throwIfAborted();
  return fault?.kind === 'corrupt';
};

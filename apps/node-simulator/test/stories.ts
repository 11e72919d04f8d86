import { FAULTS, type Kind, type Point } from '../src/faults/fault.js';
import { Rig } from './rig.js';
import type { RigOptions } from './start-simulator.js';

/** Sets the fault that it is about and sees what it does. */
export type Story = (rig: Rig) => Promise<void>;

/** Every kind of fault that is possible at a point does what its sentence says; a kind without a story fails. */
export const carriesOut = (at: Point, stories: Readonly<Partial<Record<Kind, Story>>>, options?: RigOptions): void => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start(options);
  });
  afterEach(() => rig.stop());

  it.each(Object.entries(FAULTS[at]))('%s: %s', async (kind) => {
    const story = stories[kind as Kind];
    if (!story) throw new Error(`no story shows ${kind} at ${at}`);
    await story(rig);
  });
};

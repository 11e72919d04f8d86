import type { Activation, Interruptions, Request } from '@baton/contracts';
import type { DividedWave } from './divide-lanes.js';
import { interruptedBy } from './interrupted.js';
import { activationIn, waveRule } from './wave-rules.js';

const NOTICED: Readonly<Record<Activation, string>> = {
  restart: 'while its processes restart',
  reboot: 'while it reboots',
  replace: 'while it is replaced',
};

/** The release itself says that somebody notices it. */
const isFelt = ({ release: { effects = {} } }: Request): boolean =>
  effects.disruptive === true || (effects.restarts ?? []).length > 0;

const isInterrupting = ({ sticky = [], retrying = [] }: Interruptions): boolean => sticky.length + retrying.length > 0;

/** Why clients notice nothing of a node that goes over in the wave of that name; undefined: nobody says that of it. */
export const hitlessBy = (request: Request, wave: string): string | undefined => {
  const { strategy, release } = request;
  if (activationIn(request, wave) !== 'restart') return undefined;
  if (release.effects?.disruptive === false) return 'the release says that its clients do not notice it';
  if (!strategy.interrupts || isInterrupting(strategy.interrupts) || isFelt(request)) return undefined;
  return 'the strategy says that its clients do not notice a restart';
};

/** So many nodes of the wave may be down at a time. */
const together = ({ strategy }: Request, { name, lanes }: DividedWave): number =>
  Math.min(lanes.length, waveRule(strategy, name)?.lanesAtOnce ?? Infinity);

/** What clients notice of these waves, of a cluster of so many nodes, in a sentence. */
export const noticed = (request: Request, waves: readonly DividedWave[], nodes: number): string => {
  const felt = waves.filter(({ name }) => hitlessBy(request, name) === undefined);
  const [most] = (felt.length > 0 ? felt : waves).toSorted((a, b) => together(request, b) - together(request, a));
  if (!most) return 'none: no node goes over';
  const down = together(request, most);
  const why = hitlessBy(request, most.name);
  if (why !== undefined) {
    const who = down === 1 ? 'one node at a time restarts' : `up to ${down} of ${nodes} nodes at a time restart`;
    return `none: ${who} ${down === 1 ? 'its' : 'their'} processes, and ${why}`;
  }
  const how = NOTICED[activationIn(request, most.name)];
  if (down === 1) return `one node at a time is down, ${how}`;
  return `up to ${down} of ${nodes} nodes are down at a time, one of each lane, each ${how}`;
};

/** As `interruptedBy`; that nobody is interrupted is not said where the release has it otherwise. */
export const interruptsIn = (
  request: Request,
  waves: readonly DividedWave[],
  { down, nodes }: { readonly down: number; readonly nodes: number },
): readonly string[] | undefined => {
  const { strategy } = request;
  const interrupts = interruptedBy(strategy, down, nodes);
  const isOtherwise =
    isFelt(request) ||
    waves.some(
      ({ name }) => activationIn(request, name) !== (waveRule(strategy, name)?.activation ?? strategy.activation),
    );
  return interrupts?.length === 0 && isOtherwise ? undefined : interrupts;
};

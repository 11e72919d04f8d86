import type { NodeState, UpgradeState } from '@baton/contracts';
import pc from 'picocolors';

type Paint = (text: string) => string;

/** A shape and a colour for each state: neither says anything alone. */
interface Mark {
  readonly shape: string;
  readonly paint: Paint;
}

const rests: Mark = { shape: '·', paint: pc.dim };
const moves: Mark = { shape: '↓', paint: pc.cyan };
const isReady: Mark = { shape: '●', paint: pc.cyan };
const holds: Mark = { shape: '◆', paint: pc.yellow };
const isDown: Mark = { shape: '▼', paint: pc.magenta };
const isDone: Mark = { shape: '✔', paint: pc.green };
const isOut: Mark = { shape: '○', paint: pc.dim };
const isWrong: Mark = { shape: '✖', paint: pc.red };

const OF_NODE: Readonly<Record<NodeState, Mark>> = {
  waiting: rests,
  storing: moves,
  stored: isReady,
  staging: moves,
  staged: isReady,
  granted: holds,
  draining: holds,
  activated: isDown,
  booted: holds,
  stable: isDone,
  reverted: isDone,
  failed: isWrong,
  skipped: isOut,
  evicted: isOut,
  finalized: isDone,
};

const OF_UPGRADE: Readonly<Record<UpgradeState, Paint>> = {
  requested: pc.cyan,
  prechecking: pc.cyan,
  blocked: pc.red,
  distributing: pc.cyan,
  staging: pc.cyan,
  prepared: pc.cyan,
  rolling: pc.cyan,
  paused: pc.yellow,
  stalled: pc.red,
  aborting: pc.yellow,
  aborted: pc.yellow,
  'rolling-back': pc.yellow,
  'rolled-back': pc.yellow,
  completed: pc.green,
  finalized: pc.green,
};

/** `✔ stable`, in its colour. */
export const paintNode = (state: NodeState): string => {
  const { shape, paint } = OF_NODE[state];
  return paint(`${shape} ${state}`);
};

export const paintUpgrade = (state: UpgradeState): string => OF_UPGRADE[state](state);

import type { Facts, Member, NodeProbed, PrecheckEvent, Surroundings } from '@baton/contracts';
import { assertNever, categoryOf, type Recorded } from '@baton/kernel';
import { foldIntent, noIntent, type Intent } from '../upgrade/intent.js';

export type Probed = Pick<NodeProbed['data'], 'reached' | 'failed' | 'failures' | 'ports' | 'names'>;

/** A run of the prechecks that is under way. */
export interface Collecting {
  readonly status: 'collecting';
  readonly run: number;
  /** Milliseconds since 1970 in UTC. */
  readonly startedAt: number;
  /** In id order. */
  readonly members: readonly Member[];
  readonly surroundings?: Surroundings;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly probes: ReadonlyMap<string, Probed>;
}

export type PrecheckState =
  | { readonly status: 'idle' }
  | Collecting
  /** Stands until a resume later than `position`, or waivers of all that `failed`, have the checks run again. */
  | {
      readonly status: 'refused';
      readonly run: number;
      readonly position: number;
      readonly failed: readonly string[];
    }
  | { readonly status: 'passed'; readonly run: number };

export interface PrecheckContext {
  readonly intent: Intent;
}

export const noPrecheck: PrecheckState = { status: 'idle' };
export const noPrecheckContext: PrecheckContext = { intent: noIntent };

const start = (state: PrecheckState, data: Extract<PrecheckEvent, { type: 'PrecheckStarted' }>['data']): Collecting => {
  const { run, part, startedAt, members, surroundings } = data;
  const before = part > 1 && state.status === 'collecting' ? state.members : [];
  return {
    status: 'collecting',
    run,
    startedAt,
    members: [...before, ...members],
    surroundings,
    facts: new Map(),
    probes: new Map(),
  };
};

/** Folds an event of the own stream; `position` is where it stands in the log. */
export const evolvePrecheck = (state: PrecheckState, event: PrecheckEvent, position: number): PrecheckState => {
  switch (event.type) {
    case 'PrecheckStarted':
      return start(state, event.data);
    case 'FactsCollected': {
      if (state.status !== 'collecting') return state;
      return { ...state, facts: new Map(state.facts).set(event.data.nodeId, event.data.facts) };
    }
    case 'NodeProbed': {
      if (state.status !== 'collecting') return state;
      const { run: _run, nodeId, ...probed } = event.data;
      return { ...state, probes: new Map(state.probes).set(nodeId, probed) };
    }
    case 'CheckPassed':
    case 'CheckWarned':
    case 'CheckFailed':
    case 'LanePlanned':
    case 'DisruptionPlanned':
    case 'PlanMade':
      return state;
    case 'PrecheckPassed':
      return { status: 'passed', run: event.data.run };
    case 'PrecheckFailed':
      return { status: 'refused', run: event.data.run, position, failed: event.data.failed };
    default:
      return assertNever(event);
  }
};

export const observePrecheck = (context: PrecheckContext, event: Recorded): PrecheckContext =>
  categoryOf(event.stream) === 'upgrade' ? { intent: foldIntent(context.intent, event) } : context;

/** Nobody waits for the prechecks any more. A pause does not stop them: they change nothing. */
export const isOver = ({ intent }: PrecheckContext): boolean => intent.abortAt > 0 || intent.ended !== undefined;

/**
 * The run of the prechecks that should begin now: the first when an upgrade was requested, the next when someone
 * resumed after one was refused, or waived all that failed in it. Undefined: none.
 */
export const wantsRun = (state: PrecheckState, context: PrecheckContext): number | undefined => {
  const { request, resumedAt, waivers, waivedAt } = context.intent;
  if (!request || isOver(context)) return undefined;
  switch (state.status) {
    case 'idle':
      return 1;
    case 'collecting':
    case 'passed':
      return undefined;
    case 'refused':
      if (request.dryRun) return undefined;
      if (resumedAt > state.position) return state.run + 1;
      return waivedAt > state.position && isWaived(state.failed, waivers) ? state.run + 1 : undefined;
    default:
      return assertNever(state);
  }
};

const isWaived = (failed: readonly string[], waivers: Intent['waivers']): boolean =>
  failed.every((check) => waivers.some((waiver) => waiver.check === check));

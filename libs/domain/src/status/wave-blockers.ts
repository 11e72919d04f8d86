import type { Blocker } from '@baton/contracts';
import { waveRule } from '../plan/wave-rules.js';
import { openLanes } from './state.js';
import { named, running } from './steps.js';
import { nameOfWave, nodesOf, type SettlingView, type UpgradeView } from './view.js';

/** Whoever is asked to approve a wave finds it by this. */
export const AWAITS_APPROVAL = 'awaits-approval';

/** What waves wait for until somebody says something. */
export const waveWaits = (view: UpgradeView): readonly Blocker[] => {
  if (view.abort || view.ended !== undefined) return [];
  return [...approvalWait(view), ...stallWait(view)];
};

const approvalWait = ({ awaits, rollback, waveNames }: UpgradeView): readonly Blocker[] =>
  awaits && !rollback
    ? [
        {
          ...running(
            AWAITS_APPROVAL,
            `Wave ${awaits.wave} (${waveNames[awaits.wave] ?? ''}) begins when someone approves it.`,
            awaits.at,
            awaits.position,
          ),
          wave: awaits.wave,
          unblock: ['approve', 'rollback', 'abort'],
          remedy: `Look at the nodes that are over, then approve; a mix of both versions stands until then.`,
        },
      ]
    : [];

const stallWait = ({ waveStall }: UpgradeView): readonly Blocker[] =>
  waveStall
    ? [
        {
          ...running(waveStall.reason, waveStall.evidence, waveStall.at, waveStall.position),
          unblock: ['resume', 'rollback', 'abort'],
          remedy: 'See to these nodes. Resume judges a gate again, and goes on with failures as they are.',
        },
      ]
    : [];

/** What waves wait for that comes by itself. */
export const waveSteps = (view: UpgradeView): readonly Blocker[] => {
  const { settling, waveStall, rollback } = view;
  return [...(settling && !waveStall && !rollback ? [settlingStep(view, settling)] : []), ...windowStep(view)];
};

const iso = (ms: number): string => new Date(ms).toISOString();

const settlingStep = (view: UpgradeView, { wave, mark, since, judgedFrom, formed }: SettlingView): Blocker => {
  const { layer, to, rules } = view.terms;
  const { gates = [], soakMs = 0 } = waveRule(rules, nameOfWave(view, wave)) ?? {};
  const over = nodesOf(view).filter(
    (node) => node.wave === wave && node.state !== 'evicted' && node.layers[layer] === to,
  );
  const open = over.filter(({ nodeId }) => (formed[nodeId] ?? 0) < over.length).map(({ nodeId }) => nodeId);
  if (gates.length > 0 && open.length > 0) {
    const late = iso(judgedFrom + Math.min(...gates.map(({ timeoutMs }) => timeoutMs)));
    const what = `${open.length} of ${over.length} nodes have yet to say that they formed a cluster again: ${named(open)}, late at ${late}.`;
    return running('re-forming', what, mark.at, mark.position);
  }
  const what = `Wave ${nameOfWave(view, wave) ?? wave} is done and is looked at until ${iso(since + soakMs)}.`;
  return running('soaking', what, mark.at, mark.position);
};

const windowStep = (view: UpgradeView): readonly Blocker[] => {
  const lanes = openLanes(view).filter(({ window, token }) => window && !token);
  const [first] = lanes.toSorted((a, b) => (a.window?.position ?? 0) - (b.window?.position ?? 0));
  if (!first?.window) return [];
  const { until, at, position } = first.window;
  const names = named(lanes.map(({ lane }) => lane));
  const what = `No window is open in which a node could end its turn; the next one opens at ${iso(until)}. Lanes that wait for it: ${names}.`;
  return [running('awaits-window', what, at, position)];
};

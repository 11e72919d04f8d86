import type { Evidence } from '../evidence/evidence.js';
import { isOfType, recordOf, textOf } from '../evidence/event.js';
import { recordsIn, strategyOf } from '../evidence/wave-rules.js';
import type { Upgrade } from '../evidence/upgrades.js';
import type { Exported } from '../history.js';
import type { Check } from './check.js';

const admissionOf = ({ log }: Evidence, { upgradeId }: Upgrade): Exported | undefined =>
  log.find((event) => isOfType(event, 'UpgradeAdmitted') && textOf(event, 'upgradeId') === upgradeId);

const nobodyElseHolds: Check = {
  invariant: 'INV-34',
  says: 'an upgrade has its cluster when no node holds a token of another',
  of: 'admissions',
  needs: ['log'],
  look: (evidence, findings) => {
    for (const upgrade of evidence.upgrades.values()) {
      const admitted = admissionOf(evidence, upgrade);
      if (!admitted) continue;
      const out = evidence.turns.find(
        ({ cluster, upgradeId, grant, end }) =>
          cluster === upgrade.cluster &&
          upgradeId !== upgrade.upgradeId &&
          grant.position < admitted.position &&
          (end?.position ?? Infinity) > admitted.position,
      );
      findings.look(admitted, [!out, `${out?.nodeId ?? ''} holds ${out?.epoch ?? ''} of ${out?.upgradeId ?? ''}`]);
    }
  },
};

const inOneAppend: Check = {
  invariant: 'INV-34',
  says: 'what was retargeted ends in the append in which what it was retargeted to is admitted, with the next number',
  of: 'requests',
  needs: ['log'],
  look: (evidence, findings) => {
    for (const upgrade of evidence.upgrades.values()) {
      const { request, upgradeId, upgradeNo } = upgrade;
      if (!request || upgrade.isDryRun) continue;
      const retargets = textOf(request, 'retargets');
      const old = evidence.upgrades.get(retargets);
      const end = old?.intent.find((event) => event.data['continuedBy'] === upgradeId);
      const wish = old?.intent.findLast((event) => isOfType(event, 'RetargetRequested', 'AbortRequested'));
      const isAsked = wish !== undefined && textOf(wish, 'to') === upgrade.version;
      const isOne = end?.commandid === request.commandid && admissionOf(evidence, upgrade)?.commandid === end.commandid;
      findings.look(
        request,
        [retargets === '' || isAsked, `nobody has asked to retarget ${retargets} to ${upgrade.version}`],
        [retargets === '' || isOne, `${retargets} did not end in the same append`],
        [retargets === '' || upgradeNo === (old?.upgradeNo ?? NaN) + 1, `${upgradeNo} is not the next number`],
      );
    }
  },
};

/** Somebody had it go on from a mix in which nodes lag, and neither force nor the strategy lets the pairs be. */
const isFromAMix = (upgrade: Upgrade): boolean => {
  const { request } = upgrade;
  if (textOf(request, 'retargets') !== '') return true;
  const checks = (strategyOf(upgrade)['checks'] ?? {}) as Readonly<Record<string, unknown>>;
  if (request?.data['force'] === true || checks['supported-mix'] !== undefined) return false;
  return recordsIn(request?.data['waivers']).some(({ check }) => check === 'others-level');
};

const partsOf = (version: string): readonly number[] => version.split('.').map(Number);

/** Negative: `a` is older. */
const compare = (a: string, b: string): number =>
  partsOf(a)
    .map((part, index) => part - (partsOf(b)[index] ?? 0))
    .find((difference) => difference !== 0) ?? 0;

/** What the nodes say that they run, by their own words before the upgrade was asked for, and where it goes. */
const liveIn = ({ log }: Evidence, { request, cluster, layer, version }: Upgrade): readonly string[] => {
  const nodes = new Map<string, string>();
  for (const event of log) {
    if (event.position >= (request?.position ?? 0) || event.source !== `/baton/${cluster}`) continue;
    const nodeId = textOf(event, 'nodeId');
    if (isOfType(event, 'NodeEvicted')) nodes.delete(nodeId);
    const layers = recordOf(event, 'layers')[layer];
    if (isOfType(event, 'NodeJoined', 'NodeChanged', 'HolderBooted') && typeof layers === 'string') {
      nodes.set(nodeId, layers);
    }
  }
  return [...new Set([...nodes.values(), version])].sort();
};

const pairsGoTogether: Check = {
  invariant: 'INV-34',
  says: 'every two versions that are live when an upgrade goes on from a mix may run side by side',
  of: 'grants forward',
  needs: ['log'],
  look: (evidence, findings) => {
    const releases = evidence.log.filter((event) => isOfType(event, 'ReleaseRegistered'));
    const oldestBeside = (version: string): string =>
      textOf(
        releases.find((event) => textOf(event, 'version') === version),
        'minCompatible',
      );
    for (const { grant, upgradeId, direction } of evidence.turns) {
      const upgrade = evidence.upgrades.get(upgradeId);
      if (!upgrade || direction !== 'forward') continue;
      const live = isFromAMix(upgrade) ? liveIn(evidence, upgrade) : [];
      const wrong = live.flatMap((newer) =>
        live
          .filter((older) => compare(older, newer) < 0 && compare(older, oldestBeside(newer) || older) < 0)
          .map((older) => `${older} and ${newer}`),
      );
      findings.look(grant, [wrong.length === 0, `${wrong.join(', ')} may not run side by side`]);
    }
  },
};

export const takeoverChecks: readonly Check[] = [nobodyElseHolds, inOneAppend, pairsGoTogether];

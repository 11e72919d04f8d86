import { all, change, insertBefore } from '../spoil.js';
import type { Tooth } from './tooth.js';

const requested = ['UpgradeRequested'] as const;
const another = [
  { stream: 'upgrade-u2', type: 'UpgradeRequested', data: { upgradeId: 'u2', upgradeNo: 2 } },
  { stream: 'cluster-demo', type: 'UpgradeAdmitted', data: { upgradeId: 'u2', upgradeNo: 2 } },
];
const lagging = [
  { stream: 'release-1.1.0', type: 'ReleaseRegistered', data: { version: '1.1.0', minCompatible: '1.0.5' } },
  { stream: 'node-demo_n1', type: 'NodeJoined', data: { nodeId: 'n1', layers: { software: '1.0.0' } } },
];

/** How one upgrade takes over from another. */
export const takeoverTeeth: readonly Tooth[] = [
  [
    'INV-34',
    'an upgrade is admitted while a node holds a token of another',
    insertBefore(['TokenReturned', { nodeId: 'n1' }], ...another),
  ],
  ['INV-34', 'an upgrade takes over that nobody has asked for', change(requested, { retargets: 'u0' })],
  [
    'INV-34',
    'a node is granted while versions are live that may not run side by side',
    all(change(requested, { waivers: [{ check: 'others-level' }] }), insertBefore(requested, ...lagging)),
  ],
];

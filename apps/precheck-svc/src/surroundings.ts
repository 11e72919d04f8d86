import type { EventLog, LaneEvent, Member, Release, Request, Surroundings } from '@baton/contracts';
import { foldCluster, foldRelease, membersIn, noCluster, noRelease } from '@baton/domain';
import type { Recorded } from '@baton/kernel';
import { inspectArtifact } from './artifact.js';

/** What the prechecks of an upgrade begin with: the cluster's members, and what the log and the store know. */
export const lookAround = async (
  log: EventLog,
  gatewayUrl: string,
  request: Request,
): Promise<{ readonly members: readonly Member[]; readonly surroundings: Surroundings }> => {
  const { clusterId: cluster, release } = request;
  const [nodes, releases, clusterEvents, lanes, artifact] = await Promise.all([
    log.read({ categories: ['node'], cluster }),
    log.read({ categories: ['release'] }),
    log.read({ streams: [`cluster-${cluster}`] }),
    log.read({ categories: ['lane'], cluster }),
    inspectArtifact(gatewayUrl, release),
  ]);
  const { active, quarantined, backupId } = ofCluster(clusterEvents);
  return {
    members: membersIn(nodes),
    surroundings: {
      leftoverTokens: leftoverTokens(lanes, request.upgradeId),
      otherUpgrades: active !== undefined && active !== request.upgradeId ? [active] : [],
      releases: catalogue(releases).filter(({ version }) => version !== release.version),
      artifactIntact: artifact.intact,
      artifactEvidence: artifact.evidence,
      quarantined: quarantined.includes(release.version),
      quarantinedVersions: quarantined,
      ...(backupId !== undefined && { backupId }),
    },
  };
};

const ofCluster = (events: readonly Recorded[]) => {
  const cluster = events.reduce(foldCluster, noCluster);
  if (cluster.status === 'absent') return { active: undefined, quarantined: [], backupId: undefined };
  const active = cluster.status === 'frozen' ? cluster.active.upgradeId : undefined;
  return { active, quarantined: Object.keys(cluster.quarantined), backupId: cluster.backups[0]?.backupId };
};

const catalogue = (events: readonly Recorded[]): readonly Release[] => {
  const byStream = new Map<string, Recorded[]>();
  for (const event of events) byStream.set(event.stream, [...(byStream.get(event.stream) ?? []), event]);
  return [...byStream.values()].flatMap((stream) => {
    const entry = stream.reduce(foldRelease, noRelease);
    return entry.status === 'absent' ? [] : [entry.release];
  });
};

/** Tokens of earlier upgrades that were granted and never ended (N-23). */
export const leftoverTokens = (lanes: readonly Recorded[], upgradeId: string): Surroundings['leftoverTokens'] => {
  const open = new Map<string, { readonly lane: string; readonly nodeId: string; readonly epoch: number }>();
  for (const recorded of lanes) {
    if (recorded.upgrade === upgradeId) continue;
    const event = recorded as Recorded & LaneEvent;
    switch (event.type) {
      case 'TokenGranted':
        open.set(`${event.stream}/${event.data.epoch}`, { lane: event.stream, ...pick(event.data) });
        break;
      case 'TokenReturned':
      case 'HolderSkipped':
      case 'HolderEvicted':
        open.delete(`${event.stream}/${event.data.epoch}`);
        break;
      default:
        // The steps between say how far a token came, not whose it is.
        break;
    }
  }
  return [...open.values()];
};

const pick = ({ nodeId, epoch }: { readonly nodeId: string; readonly epoch: number }) => ({ nodeId, epoch });

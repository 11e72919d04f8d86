import type { EventLog, Membership, Release, Request } from '@baton/contracts';
import { decideCluster, foldCluster, membersIn, noCluster } from '@baton/domain';
import { Inject, Injectable } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { orProblem } from '../clusters/clusters.service.js';
import type { Origin } from '../intake/origin.js';
import { readAll } from '../intake/read-all.js';
import { ProblemError } from '../problems/problem.js';
import { ReleasesService } from '../releases/releases.service.js';
import { LOG } from '../tokens.js';
import { catalogueOf, RequestsService } from '../upgrades/requests.service.js';
import type { AviUpgradeDto } from './avi.dto.js';
import { checkDeployment, findImage, partsOf, sha256Of, type ImageFile } from './avi-image.js';

/** Where `AviSettings` are injected. */
export const AVI = Symbol('avi');

/** What the front is told by settings. */
export interface AviSettings {
  /** The folder that `controller://` stands for. */
  readonly root: string;
  /** The name of the strategy that its upgrades follow. */
  readonly strategy: string;
}

/** Starts an upgrade to the release whose artifact somebody has copied to a path. */
@Injectable()
export class AviService {
  constructor(
    private readonly requests: RequestsService,
    private readonly releases: ReleasesService,
    private readonly store: ArtifactStore,
    @Inject(LOG) private readonly log: EventLog,
    @Inject(AVI) private readonly settings: AviSettings,
  ) {}

  async upgrade(clusterId: string, dto: AviUpgradeDto, origin: Origin): Promise<Request> {
    await this.mustBeFree(clusterId, origin);
    const { image_path: imagePath, force = false, disruptive = false } = dto;
    const parts = partsOf(imagePath);
    checkDeployment(parts.at(-1) ?? '', deploymentsOf(await this.members(clusterId)));
    const { version } = await this.releaseOf(imagePath, await findImage(this.settings.root, parts), origin);
    // This protocol has no reason, and there is no force without one.
    const reason = `Asked for over the Avi front with ${imagePath}${force ? ' and force' : ''}.`;
    // Nor has it a way to resume or to abort: who is refused corrects what is wrong, and asks anew.
    const flags = { force, disruptive, abortsWhenBlocked: true };
    const wish = { to: version, strategy: this.settings.strategy, ...flags, reason };
    return (await this.requests.request(clusterId, wish, false, origin)).request;
  }

  /** Nobody shall copy an image first to hear that there is no such cluster, or that it is frozen. */
  private async mustBeFree(clusterId: string, { isRepeatable }: Origin): Promise<void> {
    const events = await readAll(this.log, { streams: [`cluster-${clusterId}`] });
    const cluster = events.reduce(foldCluster, noCluster);
    const admitted = decideCluster({ type: 'AdmitUpgrade', upgradeId: '', version: '' }, cluster);
    // The request that froze it may come again, and is answered as the first time.
    if (!('refused' in admitted) || (isRepeatable && cluster.status !== 'absent')) return;
    orProblem(admitted, cluster);
  }

  private async members(clusterId: string): Promise<readonly Membership[]> {
    const events = await readAll(this.log, { cluster: clusterId, categories: ['node'] });
    return membersIn(events);
  }

  /** The release with these bytes, which are in the store then: the file is given to Baton once, and it spreads them (V-12). */
  private async releaseOf(imagePath: string, image: ImageFile, origin: Origin): Promise<Release> {
    const catalogue = catalogueOf(await readAll(this.log, { cluster: '-', categories: ['release'] }));
    const alike = catalogue.flatMap((one) => (one.status === 'absent' || one.release.size !== image.size ? [] : [one]));
    const sha256 = alike.length > 0 ? await sha256Of(image) : undefined;
    const entry = alike.find(({ release }) => release.sha256 === sha256);
    if (!entry) throw unregistered(imagePath, image, sha256);
    const { release, status } = entry;
    if (status === 'uploaded') return release;
    const { version, size } = release;
    await this.store.keep(createReadStream(image.path), release);
    const uploaded = { ...origin, commandId: `${origin.commandId}:artifact` };
    await this.releases.change(version, { type: 'RecordArtifact', version, sha256: release.sha256, size }, uploaded);
    return release;
  }
}

const deploymentsOf = (members: readonly Membership[]): readonly string[] =>
  members.flatMap(({ labels: { deployment } }) => deployment ?? []);

const unregistered = (imagePath: string, { size }: ImageFile, sha256: string | undefined): ProblemError => {
  const seen = sha256 === undefined ? `${size} bytes` : `${size} bytes of sha256 ${sha256}`;
  const detail = `${imagePath} has ${seen}, and no release in the catalogue has. Register it first: POST /v1/releases.`;
  return new ProblemError('image-unregistered', detail, { errors: [{ pointer: '/image_path', detail }] });
};

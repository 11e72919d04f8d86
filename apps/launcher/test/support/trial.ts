import type { Blocker, NodeStatus, OperatorCommand } from '@baton/contracts';
import type { Recorded } from '@baton/kernel';
import { eventually } from '@baton/testing';
import { WITHIN_MS, type UpgradeWish } from './api.js';
import { heal, setFault, simulatedNodes, type Fault } from './nodes.js';
import type { System } from './system.js';
import type { Watch } from './watch.js';

export const OLD = '1.0.0';
export const NEW = '1.1.0';
export const NEXT = '1.2.0';
export const LAST = '1.3.0';

type Data = Readonly<Record<string, unknown>>;

/** What a spec wants an explanation to say. */
export interface Wait {
  readonly kind: string | RegExp;
  readonly nodeId: string;
  /** Ends it, and must be named. */
  readonly command: OperatorCommand;
  /** In the words for people. */
  readonly says?: string | RegExp;
}

/** An upgrade of one cluster in which something happens. */
export class Trial {
  readonly watch: Watch;

  private constructor(
    readonly system: System,
    readonly clusterId: string,
    readonly upgradeId: string,
  ) {
    this.watch = system.watch(upgradeId);
  }

  /** Sets the faults by node, and asks for the upgrade; where none is set nothing is late, however busy the host. */
  static async start(
    system: System,
    clusterId: string,
    faults: Readonly<Record<string, Fault>> = {},
    { to = NEW, strategy, autoCommit = true }: Partial<UpgradeWish> = {},
  ): Promise<Trial> {
    const set = Object.entries(faults);
    for (const [nodeId, fault] of set) await setFault(system, clusterId, nodeId, fault);
    const wish = { to, strategy: strategy ?? (set.length > 0 ? 'strict' : 'patient'), autoCommit };
    const upgradeId = await system.api.upgrade(clusterId, wish);
    return new Trial(system, clusterId, upgradeId);
  }

  /** An upgrade that somebody has asked for in another way. */
  static of(system: System, clusterId: string, upgradeId: string): Trial {
    return new Trial(system, clusterId, upgradeId);
  }

  fault(nodeId: string, fault: Fault): Promise<void> {
    return setFault(this.system, this.clusterId, nodeId, fault);
  }

  heal(nodeId: string, at?: string): Promise<void> {
    return heal(this.system, this.clusterId, nodeId, at);
  }

  command(command: OperatorCommand, more: Data = {}): Promise<number> {
    return this.system.api.command(this.upgradeId, command, more);
  }

  /** The first such event of a node. */
  seen(type: string, nodeId: string): Promise<Recorded> {
    const what = `${type} of ${nodeId}`;
    return this.watch.until(what, (event) => event.type === type && (event.data as Data)['nodeId'] === nodeId);
  }

  /** All events so far, from the log. */
  logged(type?: string): Promise<readonly (Recorded & { readonly data: Data })[]> {
    return this.loggedAs((event) => type === undefined || event.type === type);
  }

  /** Waits until it is stalled, and sees that the explanation says on what, with what evidence and what ends it. */
  async stalls({ kind, nodeId, command, says }: Wait): Promise<Blocker> {
    await this.system.api.reaches(this.upgradeId, 'stalled');
    const { waiting, next, summary } = await this.system.api.explain(this.upgradeId);
    const found = waiting.find((blocker) => blocker.nodeId === nodeId);
    expect(found).toMatchObject({ kind: expect.stringMatching(kind), what: expect.stringContaining(nodeId) });
    const { what, evidence = [], unblock = [], remedy = '' } = found ?? {};
    expect(what).toMatch(says ?? '');
    expect(summary).toContain(what);
    expect(unblock).toContain(command);
    expect(next.join('\n')).toContain(`POST /v1/upgrades/${this.upgradeId}/${command}`);
    expect(remedy).toContain(nodeId);
    const [shown] = await this.loggedAs(({ position }) => position === evidence[0]);
    expect(shown).toMatchObject({ type: expect.stringMatching(/Stalled$/), data: { nodeId } });
    // N-16: nobody else gets the token of a lane that is stalled.
    const grants = await this.loggedAs(
      ({ type, position }) => type === 'TokenGranted' && position > (shown?.position ?? 0),
    );
    expect(grants).toEqual([]);
    return found as Blocker;
  }

  /** Waits for its end; every node that takes part runs the same then. */
  async completes(version = NEW, nodes?: number): Promise<void> {
    const { versions, blockedBy } = await this.system.api.reaches(this.upgradeId, 'completed');
    expect({ versions, blockedBy }).toEqual({
      versions: { [version]: nodes ?? (await this.nodes()).length },
      blockedBy: [],
    });
    await this.run(version, nodes);
  }

  /** So many machines run that version, whatever the log says. */
  async run(version: string, nodes?: number): Promise<void> {
    const machines = await simulatedNodes(this.system, this.clusterId);
    const on = machines.filter(({ layers, state }) => layers['software'] === version && state === 'up');
    expect(on).toHaveLength(nodes ?? machines.length);
  }

  async nodes(): Promise<readonly NodeStatus[]> {
    return (await this.system.api.status(this.upgradeId)).nodes;
  }

  /** The machine of a node is up on that version. */
  async machineRuns(nodeId: string, version: string): Promise<void> {
    const isUp = async (): Promise<boolean> =>
      (await simulatedNodes(this.system, this.clusterId)).some(
        (node) => node.nodeId === nodeId && node.state === 'up' && node.layers['software'] === version,
      );
    await eventually(`${nodeId} is up on ${version}`, isUp, WITHIN_MS);
  }

  /** The cluster is free and well: the next upgrade of all its nodes goes through by itself. */
  async again(to = NEXT): Promise<void> {
    const next = await Trial.start(this.system, this.clusterId, {}, { to });
    await next.completes(to, (await simulatedNodes(this.system, this.clusterId)).length);
  }

  private async loggedAs(fits: (event: Recorded) => boolean) {
    const events = await this.system.api.events(`?upgrade=${this.upgradeId}`);
    return events.filter(fits) as (Recorded & { readonly data: Data })[];
  }
}

import type { EventLog } from '@baton/contracts';
import { upgradeOf, type Event, type Recorded } from '@baton/kernel';
import type { HostedStage } from './ports.js';

/**
 * What an instance of a stage knows: state and context folded from the log, and up to which version of each stream.
 * Events may come in twice, early or from another replica; the versions decide.
 */
export class Fold {
  state: unknown;
  context: unknown;
  /** By stream; absent: 0. */
  private readonly versions = new Map<string, number>();
  /** Everything of this instance up to here is folded; events past it may be too. */
  private position = 0;
  /** Of the last event folded from the own or an upgrade stream: who is answered by what follows. */
  cause: Recorded | undefined;

  readonly ownStream: string;
  readonly upgradeId: string;

  constructor(
    private readonly hosted: HostedStage,
    readonly id: string,
  ) {
    this.state = hosted.stage.initial;
    this.context = hosted.stage.initialContext;
    this.ownStream = `${hosted.stage.category}-${id}`;
    this.upgradeId = upgradeOf(id);
  }

  version(stream: string): number {
    return this.versions.get(stream) ?? 0;
  }

  /** Folds an event if it is the next of its stream. `gap`: events before it are missing, read the log. */
  take(event: Recorded): 'folded' | 'known' | 'gap' {
    const known = this.version(event.stream);
    if (event.version <= known) return 'known';
    if (event.version > known + 1) return 'gap';
    this.versions.set(event.stream, event.version);
    if (event.stream === this.ownStream) this.state = this.hosted.stage.evolve(this.state, event);
    else this.context = this.hosted.stage.observe(this.context, event);
    this.cause = event;
    return 'folded';
  }

  /** Reads everything that is new in the streams of this instance. */
  async catchUp(log: EventLog): Promise<void> {
    const { streams, ofUpgrade } = this.hosted.stage.reads(this.id);
    for (;;) {
      const page = await log.read({
        after: this.position,
        streams,
        ...(ofUpgrade && { upgrade: ofUpgrade.upgradeId, categories: ofUpgrade.categories }),
        limit: PAGE,
      });
      for (const event of page) this.take(event);
      this.position = page.at(-1)?.position ?? this.position;
      if (page.length < PAGE) return;
    }
  }

  /** What an append of these events must find unchanged. */
  guards(events: readonly Event[]): readonly { readonly stream: string; readonly version: number }[] {
    const { guards } = this.hosted;
    return (typeof guards === 'function' ? guards(events) : guards).map((category) => {
      const stream = `${category}-${this.upgradeId}`;
      return { stream, version: this.version(stream) };
    });
  }
}

const PAGE = 1000;

import { sampleOf, type Sample } from '../statistics.js';

/** One event for one stream, which stands at `version`. */
export interface Content {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly data: object;
  readonly meta: { readonly actor: string; readonly correlationId: string; readonly causationId: string };
}

/** Whatever records events. */
export interface Appender {
  append(caller: number, content: Content): Promise<void>;
  close(): Promise<void>;
}

const RUN_MS = 1_500;
const WARM_UP_MS = 200;

let runs = 0;

/** So many callers append to streams of their own, each its next event as soon as it has the answer to the last. */
export const appendFor = async (appender: Appender, callers: number): Promise<Sample> => {
  const run = ++runs;
  const durations: number[] = [];
  const began = performance.now();
  const from = began + WARM_UP_MS;
  const until = from + RUN_MS;
  const call = async (caller: number): Promise<void> => {
    const stream = `lane-r${run}_${caller}`;
    for (let version = 0; ; version++) {
      const start = performance.now();
      if (start > until) return;
      await appender.append(caller, { stream, version, ...contentOf(version) });
      if (start > from) durations.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return sampleOf(durations, performance.now() - from);
};

// About 300 bytes of data and 110 of metadata, as an event of a lane has.
const contentOf = (version: number): Pick<Content, 'type' | 'data' | 'meta'> => ({
  type: 'HolderDrained',
  data: {
    nodeId: 'n-0001',
    epoch: 1_000_000 + version,
    bootId: '1e0f7c64-5d5f-4a49-9d5a-0c8e7f2b6a11',
    runId: 'd2a6b9b0-93d3-49d0-8c5e-9a1f0a7c4e52',
    instanceId: 'a57c1f3e-07ab-4b6f-b1ce-2d94d1f6c0aa',
    version: '1.0.0',
    digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    at: 1_795_000_000_000 + version,
  },
  meta: { actor: 'rollout-svc', correlationId: '01J0000000000000000000000A', causationId: `lane-u_main:${version}` },
});

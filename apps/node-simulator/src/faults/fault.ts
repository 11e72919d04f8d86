import { isObject } from './is-object.js';

export const POINTS = [
  'store',
  'stage',
  'hook',
  'activate',
  'boot',
  'stable',
  'finalize',
  'heartbeat',
  'inspect',
  'probe',
  'http',
  'workload',
] as const;
export type Point = (typeof POINTS)[number];

export const KINDS = [
  'fail',
  'hang',
  'slow',
  'corrupt',
  'crash-loop',
  'unhealthy',
  'unformed',
  'flap',
  'wrong-version',
  'unreachable',
  'disk-full',
  'gone',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a node is to suffer, and where. */
export interface Fault {
  readonly at: Point;
  readonly kind: Kind;
  /** How often it strikes; left out: until it is healed. */
  readonly times?: number;
  /** In milliseconds; what for depends on the kind, see `MS`. */
  readonly ms?: number;
}

/** What each fault does. What is not here makes no sense, and is refused. */
export const FAULTS: Readonly<Record<Point, Readonly<Partial<Record<Kind, string>>>>> = {
  store: {
    fail: 'storing the copy fails',
    hang: 'storing the copy does not end',
    slow: 'storing the copy takes longer',
    corrupt: 'the copy decays after it was verified: who fetches it gets wrong bytes',
    'disk-full': 'there is no room for the copy',
    gone: 'the machine goes off when it is to store',
  },
  stage: {
    fail: 'staging fails',
    hang: 'staging does not end',
    slow: 'staging takes longer',
    corrupt: 'a byte changes on its way to the partition',
    'disk-full': 'there is no room on the partition',
    gone: 'the machine goes off when it is to stage',
  },
  hook: {
    fail: 'a hook fails',
    hang: 'a hook does not end',
    slow: 'a hook takes longer',
  },
  activate: {
    fail: 'the partition cannot be made the active one',
    hang: 'making the partition the active one does not end',
    slow: 'making the partition the active one takes longer',
    corrupt: 'the staged partition has decayed',
    gone: 'the machine goes off when it is to go over',
  },
  boot: {
    fail: 'a try to boot fails',
    hang: 'the machine does not come up',
    slow: 'booting takes longer',
    corrupt: 'the partition has decayed, so that it does not boot',
    'crash-loop': 'the machine comes up and crashes soon after',
    unhealthy: 'the machine comes up without its services',
    'wrong-version': 'the machine boots the other partition',
    gone: 'the machine goes off in place of booting',
  },
  stable: {
    slow: 'from the next boot on: the services come up later',
    unhealthy: 'from the next boot on: the services are down',
    unformed: 'from the next boot on: the machine forms no cluster with others',
    flap: 'from the next boot on: the services come and go',
    'crash-loop': 'from the next boot on: the machine crashes after it was up',
    gone: 'from the next boot on: the machine goes off after it was up',
  },
  finalize: {
    fail: 'giving up the old version fails',
    hang: 'giving up the old version does not end',
    slow: 'giving up the old version takes longer',
    gone: 'the machine goes off when it is to give up the old version',
  },
  heartbeat: {
    hang: 'no heartbeats are sent',
    slow: 'heartbeats come later',
    unhealthy: 'now: the services are down',
    flap: 'now: the services come and go',
    'crash-loop': 'now: the machine crashes, and again when it is up',
    gone: 'now: the machine goes off',
  },
  inspect: {
    hang: 'the services get no answer about the machine',
    slow: 'the services get their answer about the machine later',
  },
  probe: {
    fail: 'peers get an error for an answer',
    hang: 'peers get no answer',
    slow: 'peers get their answer later',
    unreachable: 'peers do not reach the machine, not even for the artifact',
    flap: 'peers reach the machine every other time',
    unhealthy: 'the hypervisor under the machine does not answer',
  },
  http: {
    fail: 'the page of its health is an error',
    hang: 'the page of its health does not come',
    slow: 'the page of its health comes later',
  },
  workload: {
    fail: 'clients get an error for an answer',
    hang: 'clients get no answer',
    slow: 'clients get their answer later',
    unreachable: 'clients do not reach the machine',
  },
};

/** What `ms` says, by kind. */
export const MS: Readonly<Partial<Record<Kind, string>>> = {
  hang: 'for how long; left out: until it is healed',
  slow: 'how much longer (1000)',
  flap: 'how long it stays up, and then down (500)',
  'crash-loop': 'how long it stays up (500)',
  unhealthy:
    'at boot of a new version: until the machine gives up that try (500); else for how long; left out: until it is healed',
  unformed: 'for how long; left out: until it is healed',
  gone: 'when it comes back; left out: when it is healed',
};

/** What `ms` is when it is left out, where that is a time. */
const MS_DEFAULT: Readonly<Partial<Record<Kind, number>>> = { slow: 1_000, flap: 500, 'crash-loop': 500 };

/** A state and no event, so that it cannot be counted. */
const isState = ({ at, kind }: Fault): boolean => {
  if (at === 'heartbeat') return kind === 'unhealthy' || kind === 'flap';
  return at === 'probe' && kind === 'unhealthy';
};

export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

const FIELDS = ['at', 'kind', 'times', 'ms'];
const TIMES_MAX = 1_000_000;
const MS_MAX = 86_400_000;

/** The fault that a request asks for, or all that is wrong with it. */
export const parseFault = (body: unknown): Fault | readonly FieldError[] => {
  if (!isObject(body)) return [{ field: '', detail: 'must be a JSON object {at, kind, times?, ms?}' }];
  const errors = [
    ...Object.keys(body)
      .filter((field) => !FIELDS.includes(field))
      .map((field) => ({ field, detail: `is not known; known are ${FIELDS.join(', ')}` })),
    ...oneOf(body, 'at', POINTS),
    ...wholeNumber(body, 'times', 1, TIMES_MAX),
    ...wholeNumber(body, 'ms', 0, MS_MAX),
  ];
  const { at, kind, times, ms } = body as unknown as Fault;
  const possible = POINTS.includes(at) ? FAULTS[at] : undefined;
  if (!possible) errors.push(...oneOf(body, 'kind', KINDS));
  else if (typeof kind !== 'string' || !Object.hasOwn(possible, kind)) {
    errors.push({
      field: 'kind',
      detail: `is not possible at ${at}; possible are ${Object.keys(possible).join(', ')}`,
    });
  } else {
    if (times !== undefined && isState({ at, kind })) {
      errors.push({ field: 'times', detail: `cannot be counted for ${kind} at ${at}: it lasts until it is healed` });
    }
    if (ms !== undefined && (!MS[kind] || (kind === 'unhealthy' && isState({ at, kind })))) {
      errors.push({ field: 'ms', detail: `says nothing about ${kind} at ${at}` });
    }
  }
  if (errors.length > 0) return errors;
  const lasts = ms ?? MS_DEFAULT[kind];
  return { at, kind, ...(times !== undefined && { times }), ...(lasts !== undefined && { ms: lasts }) };
};

const oneOf = (body: Record<string, unknown>, field: string, allowed: readonly string[]): FieldError[] =>
  allowed.includes(body[field] as string) ? [] : [{ field, detail: `must be one of ${allowed.join(', ')}` }];

const wholeNumber = (body: Record<string, unknown>, field: string, min: number, max: number): FieldError[] => {
  const value = body[field];
  const isFine =
    value === undefined || (Number.isInteger(value) && (value as number) >= min && (value as number) <= max);
  return isFine ? [] : [{ field, detail: `must be a whole number from ${min} to ${max}` }];
};

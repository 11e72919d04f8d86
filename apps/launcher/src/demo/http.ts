import { setTimeout as wait } from 'node:timers/promises';

const RETRY_WITHIN_MS = 30_000;
const RETRY_PACE_MS = 250;
const ANSWER_WITHIN_MS = 10_000;

/** An answer that is not a success, with what the API says about it. */
export class ProblemAnswer extends Error {
  override readonly name = 'ProblemAnswer';

  constructor(
    readonly status: number,
    /** The last part of the problem's `type`. */
    readonly kind: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** One JSON request. While nobody answers, or the answer is 503, it is sent again: services are killed here on purpose. */
export const request = async <T>(method: 'GET' | 'POST', url: string, body?: unknown, key?: string): Promise<T> => {
  for (const end = performance.now() + RETRY_WITHIN_MS; ; await wait(RETRY_PACE_MS)) {
    try {
      return await once<T>(method, url, body, key);
    } catch (error) {
      const isFinal = error instanceof ProblemAnswer && error.status !== 503;
      if (isFinal || performance.now() > end) throw error;
    }
  }
};

const once = async <T>(method: string, url: string, body?: unknown, key?: string): Promise<T> => {
  const response = await fetch(url, {
    method,
    headers: {
      'baton-actor': 'operator:launcher',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw problemOf(response.status, text, `${method} ${url}`);
};

export const problemOf = (status: number, text: string, what: string): ProblemAnswer => {
  try {
    const { type = '', detail = text } = JSON.parse(text) as { type?: string; detail?: string };
    return new ProblemAnswer(status, type.split(/[/:]/).at(-1) ?? type, `${what}: ${detail}`);
  } catch {
    return new ProblemAnswer(status, '', `${what}: ${status} ${text}`);
  }
};

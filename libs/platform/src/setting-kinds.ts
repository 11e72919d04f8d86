import { isId } from '@baton/kernel';
import type { Setting } from './settings.js';

type Options = Readonly<{ variable: string; help: string; fallback?: string }>;

export const text = (options: Options): Setting<string> => ({ ...options, parse: (value) => value });

export const integer = (options: Options & Readonly<{ min: number; max: number }>): Setting<number> => ({
  ...options,
  parse: (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < options.min || number > options.max) {
      throw new Error(`must be a whole number from ${options.min} to ${options.max}`);
    }
    return number;
  },
});

/** 0 takes a free one. */
export const port = (options: Options): Setting<number> => integer({ ...options, min: 0, max: 65_535 });

export const milliseconds = (options: Options): Setting<number> => integer({ ...options, min: 0, max: 86_400_000 });

export const flag = (options: Options): Setting<boolean> => ({
  ...options,
  parse: (value) => {
    if (value !== 'true' && value !== 'false') throw new Error('must be true or false');
    return value === 'true';
  },
});

export const url = (options: Options & Readonly<{ schemes: readonly string[] }>): Setting<string> => ({
  ...options,
  parse: (value) => {
    const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
    if (!options.schemes.includes(scheme))
      throw new Error(`must be a URL with the scheme ${options.schemes.join(' or ')}`);
    return value;
  },
});

export const oneOf = <T extends string>(options: Options & Readonly<{ allowed: readonly T[] }>): Setting<T> => ({
  ...options,
  parse: (value) => {
    const found = options.allowed.find((one) => one === value);
    if (found === undefined) throw new Error(`must be one of ${options.allowed.join(', ')}`);
    return found;
  },
});

/** A simulated cluster: how many nodes it has, and in how many lanes they are labelled. */
export interface ClusterSize {
  readonly clusterId: string;
  readonly nodes: number;
  readonly lanes: number;
}

/** `demo:4,lab:12:3`: names, sizes and, after a second colon, the number of lanes (1). */
export const clusters = (options: Options): Setting<readonly ClusterSize[]> => ({
  ...options,
  parse: (value) =>
    value.split(',').map((one) => {
      const [clusterId = '', nodes = '', lanes = '1', ...rest] = one.trim().split(':');
      const sizes = [Number(nodes), Number(lanes)];
      const whole = /^\d+$/.test(nodes) && /^\d+$/.test(lanes) && rest.length === 0;
      if (!isId(clusterId) || !whole || sizes.some((size) => size < 1 || size > 10_000)) {
        throw new Error(`"${one}" must read name:nodes or name:nodes:lanes, e.g. demo:4`);
      }
      return { clusterId, nodes: Number(nodes), lanes: Number(lanes) };
    }),
});

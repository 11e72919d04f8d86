import { isId } from '@baton/kernel';
import { MalformedError } from './errors.js';

/** Reads fields of a parsed message; each throws MalformedError that names the field. */
export type Fields = Readonly<Record<string, unknown>>;

export const fail = (field: string, problem: string): never => {
  throw new MalformedError(field, problem);
};

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The JSON object that the bytes are. */
export const parseObject = (bytes: Uint8Array): Fields => {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return fail('message', 'is not JSON');
  }
  return isObject(value) ? value : fail('message', 'is not a JSON object');
};

export const text = (from: Fields, field: string): string => {
  const value = from[field];
  return typeof value === 'string' ? value : fail(field, 'is not a text');
};

export const id = (from: Fields, field: string): string => {
  const value = text(from, field);
  return isId(value) ? value : fail(field, 'is not an id');
};

export const integer = (from: Fields, field: string, min: number): number => {
  const value = from[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min
    ? value
    : fail(field, `is not an integer of at least ${min}`);
};

export const amount = (from: Fields, field: string): number => {
  const value = from[field];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? value
    : fail(field, 'is not a number of at least 0');
};

export const flag = (from: Fields, field: string): boolean => {
  const value = from[field];
  return typeof value === 'boolean' ? value : fail(field, 'is not true or false');
};

export const oneOf = <T extends string>(from: Fields, field: string, allowed: readonly T[]): T => {
  const value = allowed.find((candidate) => candidate === from[field]);
  return value ?? fail(field, `is none of ${allowed.join(', ')}`);
};

export const object = (from: Fields, field: string): Fields => {
  const value = from[field];
  return isObject(value) ? value : fail(field, 'is not an object');
};

/** Every value of the object passes the check; messages name the key as the field. */
export const each = (from: Fields, field: string, check: (of: Fields, key: string) => unknown): Fields => {
  const value = object(from, field);
  for (const key of Object.keys(value)) check(value, key);
  return value;
};

export const texts = (from: Fields, field: string): readonly string[] => {
  const value = from[field];
  return Array.isArray(value) && value.every((item): item is string => typeof item === 'string')
    ? value
    : fail(field, 'is not a list of texts');
};

/** Checks a field only when it is there. */
export const optional = <T>(from: Fields, field: string, read: (from: Fields, field: string) => T): T | undefined =>
  from[field] === undefined ? undefined : read(from, field);

import { FAILURE_ACTIONS, NODE_GATES, type NodeGate, type Strategy } from '@baton/contracts';
import { ID_PATTERN } from '@baton/kernel';
import { gatesOf } from '../lane/gates.js';
import { contradiction, listOf, matching, oneOf, optional, record, wholeNumber, type StrategyError } from './rules.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What must be shown of a holder; see `NodeGate`. */
export const gateFields = record<NodeGate>({
  gate: oneOf(...NODE_GATES),
  path: optional(matching(/^\/(?!.*\.\.)[\w.~/-]{0,200}$/, 'a path like /health')),
  status: optional(wholeNumber(100, 599, 'an HTTP status')),
  waitMs: optional(wholeNumber(0, DAY_MS, 'milliseconds')),
  stableMs: optional(wholeNumber(0, DAY_MS, 'milliseconds')),
  retryMs: optional(wholeNumber(0, DAY_MS, 'milliseconds')),
  timeoutMs: wholeNumber(1, DAY_MS, 'milliseconds'),
  onTimeout: optional(oneOf(...FAILURE_ACTIONS)),
});

const names = optional(listOf(matching(ID_PATTERN, 'lower-case letters, digits and hyphens, at most 63')));

export const hookFields = record<NonNullable<Strategy['hooks']>>({ drain: names, undrain: names });

/** What no field of a gate can say alone. */
export const gateContradictions = (strategy: Strategy): readonly StrategyError[] =>
  gatesOf(strategy).flatMap(({ gate, path, status, waitMs, stableMs, timeoutMs }, index, all) => {
    const at = ['gates', index];
    const errors: StrategyError[] = [];
    const isHttp = gate === 'http';
    if (isHttp && path === undefined) errors.push(contradiction([...at, 'path'], 'must be there: http asks a path'));
    if (!isHttp && (path ?? status) !== undefined)
      errors.push(contradiction(at, 'takes path and status for http only'));
    if (all.findIndex((other) => other.gate === gate && other.path === path) < index) {
      errors.push(contradiction(at, `says ${gate} a second time`));
    }
    if (waitMs + stableMs > timeoutMs) {
      errors.push(
        contradiction(
          [...at, 'timeoutMs'],
          `must be at least waitMs + stableMs (${waitMs + stableMs}), not ${timeoutMs}`,
        ),
      );
    }
    return errors;
  });

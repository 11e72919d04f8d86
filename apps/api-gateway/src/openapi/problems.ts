import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { GENERAL_KINDS, PROBLEM_KINDS, problemType, type ProblemKind } from '../problems/kinds.js';
import { ref } from './shape.js';

/** What the route refuses beside the problems of every route; a spec holds each refusal that it sees against it. */
export const Problems = (...kinds: readonly ProblemKind[]): MethodDecorator => {
  const statuses = [...new Set(kinds.map((kind) => PROBLEM_KINDS[kind].status))];
  const answers = statuses.map((status) => kinds.filter((kind) => PROBLEM_KINDS[kind].status === status));
  return applyDecorators(...answers.map((some, index) => ApiResponse(answerOf(statuses[index] ?? 0, some))));
};

const answerOf = (status: number, kinds: readonly ProblemKind[]): ApiResponseOptions => ({
  status,
  description: kinds.map((kind) => `\`${kind}\`: ${PROBLEM_KINDS[kind].meaning}`).join('\n\n'),
  content: {
    'application/problem+json': {
      schema: ref('Problem'),
      examples: Object.fromEntries(kinds.map((kind) => [kind, exampleOf(kind)])),
    },
  },
});

const exampleOf = (kind: ProblemKind) => {
  const { status, title, meaning } = PROBLEM_KINDS[kind];
  return { summary: title, value: { type: problemType(kind), title, status, detail: meaning.replaceAll('`', '') } };
};

/** What every route may answer with. */
export const GENERAL_PROBLEMS = {
  description:
    'What went wrong and what to do about it (RFC 9457). Beside what stands above, of any route: ' +
    `${GENERAL_KINDS.map((kind) => `\`${kind}\` (${PROBLEM_KINDS[kind].status})`).join(', ')}.`,
};

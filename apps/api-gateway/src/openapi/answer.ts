import { ApiResponse } from '@nestjs/swagger';
import { EXAMPLES } from './examples.js';
import { ref } from './shape.js';

const JSON_TYPE = 'application/json';

/** The route answers with this shape; in other content types with a line of it for each item. */
export const Answers = (
  name: string,
  { status = 200, description = '', types = [JSON_TYPE] }: AnswerOptions = {},
): MethodDecorator =>
  ApiResponse({
    ...{ status, description },
    content: Object.fromEntries(
      types.map((type) => [
        type,
        { schema: type === JSON_TYPE ? ref(name) : { type: 'string' }, ...exampleOf(name, type) },
      ]),
    ),
  });

interface AnswerOptions {
  readonly status?: number;
  readonly description?: string;
  readonly types?: readonly string[];
}

const EVENT = JSON.stringify(EXAMPLES['Event']);

const exampleOf = (name: string, type: string): { readonly example: unknown } => {
  if (type === JSON_TYPE) return { example: EXAMPLES[name] };
  return { example: type === 'text/event-stream' ? `id: 52\ndata: ${EVENT}\n\n` : `${EVENT}\n` };
};

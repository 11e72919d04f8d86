import { strategySchema } from '@baton/domain';
import { EXAMPLES } from './examples.js';
import { count, list, object, oneOf, ref, text, type Shape } from './shape.js';

const { $schema: _draft, ...content } = strategySchema;

const source = {
  source: oneOf(['file', 'published']),
  'version?': count('How often it was published; absent for one from a file'),
};

/** What the routes of strategies answer with. */
export const STRATEGY_SHAPES: Readonly<Record<string, Shape>> = {
  PublishedStrategy: { ...content, example: EXAMPLES['PublishedStrategy'] },
  Strategy: object({ strategy: ref('PublishedStrategy'), ...source }),
  StrategyList: object({
    items: list(
      object({ name: text(), title: text(), description: text(), layer: text(), activation: text(), ...source }),
    ),
  }),
  JsonSchema: { type: 'object', additionalProperties: true },
};

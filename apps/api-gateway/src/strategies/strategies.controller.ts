import { strategySchema, type Check, type FieldPath } from '@baton/domain';
import type { Strategy } from '@baton/contracts';
import { Controller, Get, Inject, Param, Put, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { From, Write } from '../http/write.js';
import type { Origin } from '../intake/origin.js';
import { Answers } from '../openapi/answer.js';
import { Problems } from '../openapi/problems.js';
import { ref } from '../openapi/shape.js';
import { ProblemError } from '../problems/problem.js';
import type { TextError } from '../yaml/read-yaml.js';
import { PRECHECKS } from '../tokens.js';
import { parseWith, readStrategy } from './read-strategy.js';
import { StrategiesService, type Known } from './strategies.service.js';
import { StrategyParams, StrategyPublishedDto } from './strategy.dto.js';

@ApiTags('strategies')
@Controller('v1')
export class StrategiesController {
  constructor(
    private readonly strategies: StrategiesService,
    @Inject(PRECHECKS) private readonly checks: readonly Check[],
  ) {}

  @Get('strategies')
  @ApiOperation({
    operationId: 'listStrategies',
    summary: 'All strategies, those from files and those that were published',
    description: 'By their names. A request for an upgrade or a plan names one.',
  })
  @Answers('StrategyList', { description: 'All strategies' })
  async list() {
    const all = await this.strategies.all();
    const items = [...all.values()].map((known) => {
      const { name, title, description, layer, activation } = known.strategy;
      return { name, title, description, layer, activation, ...sourceOf(known) };
    });
    return { items };
  }

  @Get('strategies/:strategy')
  @ApiOperation({ operationId: 'getStrategy', summary: 'A strategy with all its fields' })
  @Answers('Strategy', { description: 'The strategy' })
  @Problems('strategy-not-found')
  async get(@Param() { strategy: name }: StrategyParams) {
    const known = (await this.strategies.all()).get(name);
    if (known) return { strategy: known.strategy, ...sourceOf(known) };
    throw new ProblemError('strategy-not-found', `There is no strategy ${name}. The strategies: GET /v1/strategies.`);
  }

  @Get('schemas/strategy')
  @ApiOperation({ operationId: 'getStrategySchema', summary: 'The JSON Schema of strategies, for editors' })
  @Answers('JsonSchema', { description: 'The schema' })
  schema() {
    return strategySchema;
  }

  @Put('strategies/:strategy')
  @Write('allowed')
  @ApiOperation({
    operationId: 'publishStrategy',
    summary: 'Publish a strategy, or its next version',
    description: 'Upgrades that run keep the version that they started with. The same content again changes nothing.',
  })
  @ApiConsumes('application/yaml', 'application/json')
  @ApiBody({ schema: ref('PublishedStrategy') })
  @ApiResponse({ status: 200, description: 'Upgrades may follow it', type: StrategyPublishedDto })
  @Problems('invalid-strategy', 'strategy-shipped')
  async publish(
    @Param() { strategy: name }: StrategyParams,
    @Req() request: FastifyRequest,
    @From() origin: Origin,
  ): Promise<StrategyPublishedDto> {
    const strategy = strategyOf(request.body, this.checks);
    if (strategy.name !== name) throw invalidStrategy([{ line: 1, path: ['name'], message: `name must be ${name}` }]);
    const { position } = await this.strategies.publish(strategy, origin);
    return { name, position };
  }
}

const sourceOf = ({ version }: Known) =>
  version === undefined ? { source: 'file' } : { source: 'published', version };

/** From the text of a YAML file, or from JSON that was parsed already and has no lines. */
const strategyOf = (body: unknown, checks: readonly Check[]): Strategy => {
  const read = typeof body === 'string' ? readStrategy(body, checks) : parseWith(checks)(body);
  if ('strategy' in read) return read.strategy;
  throw invalidStrategy(read.errors);
};

type FieldProblem = Partial<TextError> & Pick<TextError, 'message'>;

const invalidStrategy = (errors: readonly FieldProblem[]): ProblemError => {
  const said = errors.map(({ line, message }) => (line === undefined ? message : `line ${line}: ${message}`));
  return new ProblemError('invalid-strategy', `Correct and send again. ${said.join('; ')}.`, {
    errors: errors.map(({ line, path, message }) => ({
      ...(path && { pointer: pointerOf(path) }),
      ...(line !== undefined && { line }),
      detail: message,
    })),
  });
};

const pointerOf = (path: FieldPath): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

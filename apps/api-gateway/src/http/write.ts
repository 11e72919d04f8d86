import { createParamDecorator, SetMetadata, applyDecorators, type ExecutionContext } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiProperty } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { originOf } from '../intake/origin.js';

/** The answer to every write. */
export class PositionDto {
  @ApiProperty({ description: 'Of the last event of this write; give it to `?after=`', example: 42 })
  position!: number;
}

/** Who asks for this write, from its headers. */
export const From = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  originOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** What a mutating route does while an upgrade of its cluster is active: goes on, or refuses with this status. */
export type DuringUpgrade = 'allowed' | '409' | '423';

export const DURING_UPGRADE = 'x-baton-during-upgrade';

/** Stands on every mutating route; a test walks all of them against a frozen cluster. */
export const Write = (duringUpgrade: DuringUpgrade): MethodDecorator =>
  applyDecorators(
    SetMetadata(DURING_UPGRADE, duringUpgrade),
    ApiExtension(DURING_UPGRADE, duringUpgrade),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      example: 'f3b1c2a4',
      description: 'The same key with the same body is answered as the first time; with another body: 422',
    }),
    ApiHeader({
      name: 'Baton-Actor',
      required: false,
      example: 'ada',
      description: 'Who asks, kept beside the events',
    }),
  );

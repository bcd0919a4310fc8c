import { Injectable } from '@nestjs/common';
import type { Delivery, Handler, Outcome } from '#broker';
import { ValidateChunkHandler } from './validate-chunk.handler.ts';

/** suspect.ready.v1: the same work on a part that is tried alone, because it failed before or killed its worker. */
@Injectable()
export class ValidateSuspectHandler implements Handler<'chunk-validator.suspects'> {
  readonly queue = 'chunk-validator.suspects';

  constructor(private readonly chunks: ValidateChunkHandler) {}

  async handle(delivery: Delivery<'chunk-validator.suspects'>): Promise<Outcome> {
    return await this.chunks.handle(delivery, true);
  }
}

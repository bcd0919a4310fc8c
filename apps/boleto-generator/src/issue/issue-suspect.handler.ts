import { Injectable } from '@nestjs/common';
import type { Delivery, Handler, Outcome } from '#broker';
import { IssueChunkHandler } from './issue-chunk.handler.ts';

/** suspect.validated.v1: the same work on a part that is tried alone, because it failed before or killed its worker. */
@Injectable()
export class IssueSuspectHandler implements Handler<'boleto-generator.suspects'> {
  readonly queue = 'boleto-generator.suspects';

  constructor(private readonly chunks: IssueChunkHandler) {}

  async handle(delivery: Delivery<'boleto-generator.suspects'>): Promise<Outcome> {
    return await this.chunks.handle(delivery, true);
  }
}

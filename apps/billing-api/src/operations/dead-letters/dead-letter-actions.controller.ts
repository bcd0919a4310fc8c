import type { IncomingMessage } from 'node:http';
import { Body, Controller, Headers, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { BackPressure, backPressureCodes, problemResponse } from '#http';
import type { Logger } from '#observability';
import { LOGGER } from '#process';
import { operatorOf } from '../operator.ts';
import type { ActionName } from './action.queries.ts';
import { actionSchema } from './documentation.ts';
import { countLetters } from './letter.queries.ts';
import { runAction, type ActionResult } from './run-action.ts';
import { replayRequest, selectionOf, selectionRequest, type Selection } from './selection.ts';

const operatorHeader = { name: 'X-Operator', required: false, description: 'Who acts; kept with the action.' };

type Answer = Omit<ActionResult, 'actionId'> & {
  readonly dryRun: boolean;
  readonly matched: number | null;
  readonly actionId: string | null;
};

/** What a person decides about dead letters. Repeating an action finds nothing left to do. */
@ApiTags('dead letters')
@Controller('v1/dead-letters')
export class DeadLetterActionsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly backPressure: BackPressure,
  ) {}

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try the messages of dead letters again',
    description:
      'What was decided when they died is taken back: rows count as dead no more, a batch that had ended is open until ' +
      'they have another outcome. Each letter is replayed once, however often and by how many it is asked for.',
  })
  @ApiHeader(operatorHeader)
  @ApiResponse({ status: 200, description: 'Done, or counted', standardSchema: actionSchema })
  @ApiResponse(problemResponse(503, backPressureCodes))
  async replay(
    @Body({ schema: replayRequest }) { dryRun, perSecond, ...selected }: z.output<typeof replayRequest>,
    @Headers('x-operator') operator: string | undefined,
    @Req() request: IncomingMessage,
  ): Promise<Answer> {
    if (!dryRun) await this.backPressure.check();
    return await this.act('replay', { request, selection: selectionOf(selected), dryRun, operator, perSecond });
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Put dead letters aside', description: 'Their rows stay dead. They can be restored.' })
  @ApiHeader(operatorHeader)
  @ApiResponse({ status: 200, description: 'Done, or counted', standardSchema: actionSchema })
  async discard(
    @Body({ schema: selectionRequest }) { dryRun, ...selected }: z.output<typeof selectionRequest>,
    @Headers('x-operator') operator: string | undefined,
    @Req() request: IncomingMessage,
  ): Promise<Answer> {
    return await this.act('discard', { request, selection: selectionOf(selected), dryRun, operator });
  }

  @Post('restore')
  @HttpCode(200)
  @ApiOperation({ summary: 'Open discarded dead letters again' })
  @ApiHeader(operatorHeader)
  @ApiResponse({ status: 200, description: 'Done, or counted', standardSchema: actionSchema })
  async restore(
    @Body({ schema: selectionRequest }) { dryRun, ...selected }: z.output<typeof selectionRequest>,
    @Headers('x-operator') operator: string | undefined,
    @Req() request: IncomingMessage,
  ): Promise<Answer> {
    return await this.act('restore', { request, selection: selectionOf(selected), dryRun, operator });
  }

  private async act(
    name: ActionName,
    {
      request,
      selection,
      dryRun,
      operator: header,
      perSecond,
    }: {
      readonly request: IncomingMessage;
      readonly selection: Selection;
      readonly dryRun: boolean;
      readonly operator: string | undefined;
      readonly perSecond?: number;
    },
  ): Promise<Answer> {
    const operator = operatorOf(header);
    if (dryRun) {
      const matched = await countLetters(this.dataSource.manager, selection, name === 'restore' ? 'discarded' : 'open');
      return { dryRun, matched, actionId: null, done: 0, refusals: {}, refused: [] };
    }
    // A large replay takes minutes without output. The idle timeout would otherwise cut the connection.
    request.socket.setTimeout(0);
    const result = await runAction(this.dataSource, {
      name,
      operator,
      selection,
      ...(perSecond === undefined ? {} : { perSecond }),
    });
    this.logger.info('dead letters were dealt with', {
      event: `dead_letter.${name}`,
      operator,
      actionId: result.actionId,
      letters: result.done,
      refusals: result.refusals,
    });
    return { dryRun, matched: null, ...result };
  }
}

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queueNames, topology } from '#contracts';
import { oneLine } from '#contracts/http';
import { ProblemError, problemResponse } from '#http';
import { maskText, type Logger } from '#observability';
import { LOGGER } from '#process';
import { SETTINGS, type Settings } from '../../settings.ts';
import { operatorOf } from '../operator.ts';
import { fetchBrokerQueues, type BrokerQueue } from './broker-queues.ts';
import {
  countOpenLetters,
  deletePause,
  findBreakers,
  findLostMessages,
  findPauses,
  insertPause,
  outboxBacklog,
  type Breaker,
  type LostMessages,
} from './stage.queries.ts';

const pauseRequest = z
  .strictObject({ reason: oneLine().trim().min(1).max(200).optional() })
  .meta({ id: 'StagePause', example: { reason: 'the mail server is being moved' } });

const operatorHeader = { name: 'X-Operator', required: false, description: 'Who acts; kept with the pause.' };
const stageParam = { name: 'stage', enum: queueNames };

/** The queues work goes through, and the outbox it comes from. */
@ApiTags('stages')
@Controller('v1')
export class StagesController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'RABBITMQ_MANAGEMENT_URL'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('stages')
  @ApiOperation({
    summary: 'Every stage: how much waits, who works on it, what died, whether it is paused or waits for a provider',
    description:
      '`broker` is null where RABBITMQ_MANAGEMENT_URL is not set or does not answer. `paused` is somebody’s word, ' +
      '`breaker` that of the circuit breaker: a provider is away, one message is tried at `probeAt`; null while closed. ' +
      '`lost` are messages that were found nowhere and were published again: `recovered` in the last week, `missing` still.',
  })
  @ApiResponse({ status: 200, description: 'Every stage' })
  async list() {
    const { manager } = this.dataSource;
    const [pauses, breakers, letters, lost, queues] = await Promise.all([
      findPauses(manager),
      findBreakers(manager),
      countOpenLetters(manager),
      findLostMessages(manager),
      this.brokerQueues(),
    ]);
    const names = [...queueNames, ...[...letters.keys()].filter((queue) => !queueNames.some((name) => name === queue))];
    return {
      stages: names.map((stage) => {
        const pause = pauses.get(stage);
        return {
          stage,
          broker: queues?.get(stage) ?? null,
          openDeadLetters: letters.get(stage) ?? 0,
          lost: lostView(stage, lost),
          paused:
            pause === undefined ? null : { by: pause.operator, reason: pause.reason, at: pause.pausedAt.toISOString() },
          breaker: breakerView(breakers.get(stage)),
        };
      }),
    };
  }

  @Post('stages/:stage/pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause a stage',
    description: 'Its workers finish what they have in hand and take nothing new, also after a restart, until resumed.',
  })
  @ApiParam(stageParam)
  @ApiHeader(operatorHeader)
  @ApiResponse({ status: 200, description: 'Paused; workers see it within two seconds' })
  @ApiResponse(problemResponse(404, ['STAGE_NOT_FOUND']))
  async pause(
    @Param('stage') stage: string,
    @Body({ schema: pauseRequest }) { reason }: z.output<typeof pauseRequest>,
    @Headers('x-operator') header: string | undefined,
  ) {
    checkStage(stage);
    const operator = operatorOf(header);
    await insertPause(this.dataSource.manager, { stage, operator, reason });
    this.logger.warn('stage paused', { event: 'stage.paused', stage, operator, reason });
    return { stage, paused: true };
  }

  @Post('stages/:stage/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Resume a stage', description: 'Resuming one that is not paused changes nothing.' })
  @ApiParam(stageParam)
  @ApiHeader(operatorHeader)
  @ApiResponse({ status: 200, description: 'Resumed; workers see it within two seconds' })
  @ApiResponse(problemResponse(404, ['STAGE_NOT_FOUND']))
  async resume(@Param('stage') stage: string, @Headers('x-operator') header: string | undefined) {
    checkStage(stage);
    const operator = operatorOf(header);
    await deletePause(this.dataSource.manager, stage);
    this.logger.warn('stage resumed', { event: 'stage.resumed', stage, operator });
    return { stage, paused: false };
  }

  @Get('outbox')
  @ApiOperation({ summary: 'What waits to be published, by message' })
  @ApiResponse({ status: 200, description: 'The backlog; replays that are spread over time are pending and not due' })
  async outbox() {
    return { messages: await outboxBacklog(this.dataSource.manager) };
  }

  private async brokerQueues(): Promise<ReadonlyMap<string, BrokerQueue> | undefined> {
    const { RABBITMQ_MANAGEMENT_URL: url } = this.settings;
    if (url === undefined) return undefined;
    try {
      return await fetchBrokerQueues(url);
    } catch (error) {
      this.logger.warn('the broker does not say how much waits', { event: 'broker.unknown', error });
      return undefined;
    }
  }
}

function breakerView(breaker: Breaker | undefined) {
  if (breaker === undefined) return null;
  const { state, reason, openings, openedAt, probeAt } = breaker;
  return {
    state,
    reason: maskText(reason),
    openings,
    openedAt: openedAt.toISOString(),
    probeAt: probeAt.toISOString(),
  };
}

function checkStage(stage: string): void {
  if (queueNames.some((name) => name === stage)) return;
  throw new ProblemError({
    status: 404,
    code: 'STAGE_NOT_FOUND',
    title: 'No such stage',
    detail: `A stage is one of ${queueNames.join(', ')}.`,
  });
}

function lostView(
  stage: string,
  lost: ReadonlyMap<string, LostMessages>,
): { readonly missing: number; readonly recovered: number } {
  const queue = queueNames.find((name) => name === stage);
  const found = queue === undefined ? undefined : lost.get(topology.queues[queue].consumes);
  return { missing: found?.missing ?? 0, recovered: found?.recovered ?? 0 };
}

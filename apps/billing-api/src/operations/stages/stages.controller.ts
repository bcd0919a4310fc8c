import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, Caller, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { queueNames, topology, type QueueName } from '#contracts';
import {
  backlogListQuery,
  oneLine,
  pauseRequest,
  stageListQuery,
  type BacklogPage,
  type StagePage,
  type StageSwitched,
  type StageView,
} from '#contracts/http';
import { ProblemError, readCursor, Route, toPage, toPageOfAll } from '#http';
import { maskText, type Logger } from '#observability';
import { LOGGER } from '#process';
import { SETTINGS, type Settings } from '../../settings.ts';
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
  type StagePause,
} from './stage.queries.ts';

/** The cursor of a page of the outbox: the last name, which may be that of an earlier version. */
const messageName = oneLine().max(255);

/** The queues work goes through, and the outbox it comes from. */
@Controller()
export class StagesController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'RABBITMQ_MANAGEMENT_URL'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Route('GET /v1/stages')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: stageListQuery }) { limit, cursor }: z.output<typeof stageListQuery>,
  ): Promise<StagePage> {
    const [found, queues] = await Promise.all([
      this.tenancy.readAsOperator(caller, async (db) => ({
        pauses: await findPauses(db),
        breakers: await findBreakers(db),
        letters: await countOpenLetters(db),
        lost: await findLostMessages(db),
      })),
      this.#brokerQueues(),
    ]);
    const { pauses, breakers, letters, lost } = found;
    const names = [...queueNames, ...[...letters.keys()].filter((queue) => !queueNames.some((name) => name === queue))];
    return toPageOfAll(names, {
      limit,
      cursor,
      keyOf: (stage) => stage,
      viewOf: (stage): StageView => ({
        stage,
        broker: queues?.get(stage) ?? null,
        openDeadLetters: letters.get(stage) ?? 0,
        lost: lostView(stage, lost),
        paused: pauseView(pauses.get(stage)),
        breaker: breakerView(breakers.get(stage)),
      }),
    });
  }

  @Route('POST /v1/stages/{stage}/pause')
  async pause(
    @Caller() caller: Principal,
    @Param('stage') name: string,
    @Body({ schema: pauseRequest }) { reason }: z.output<typeof pauseRequest>,
    @Actor() actor: AuditActor,
  ): Promise<StageSwitched> {
    const stage = stageOf(name);
    const { name: operator } = caller;
    await this.tenancy.withOperator(caller, async (tx) => {
      if (!(await insertPause(tx, { stage, operator, reason }))) return;
      await recordAudit(tx, actor, { action: 'stage.paused', target: { kind: 'stage', id: stage }, details: {} });
    });
    this.logger.warn('stage paused', { event: 'stage.paused', stage, reason });
    return { stage, paused: true };
  }

  @Route('POST /v1/stages/{stage}/resume')
  async resume(
    @Caller() caller: Principal,
    @Param('stage') name: string,
    @Actor() actor: AuditActor,
  ): Promise<StageSwitched> {
    const stage = stageOf(name);
    await this.tenancy.withOperator(caller, async (tx) => {
      if (!(await deletePause(tx, stage))) return;
      await recordAudit(tx, actor, { action: 'stage.resumed', target: { kind: 'stage', id: stage }, details: {} });
    });
    this.logger.warn('stage resumed', { event: 'stage.resumed', stage });
    return { stage, paused: false };
  }

  @Route('GET /v1/outbox')
  async outbox(
    @Caller() caller: Principal,
    @Query({ schema: backlogListQuery }) { limit, cursor }: z.output<typeof backlogListQuery>,
  ): Promise<BacklogPage> {
    const after = readCursor(cursor, (text) => messageName.safeParse(text).data);
    const found = await this.tenancy.readAsOperator(caller, (db) => outboxBacklog(db, { after, limit: limit + 1 }));
    return toPage(found, { limit, viewOf: (backlog) => backlog, cursorOf: ({ name }) => name });
  }

  async #brokerQueues(): Promise<ReadonlyMap<string, BrokerQueue> | undefined> {
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

function breakerView(breaker: Breaker | undefined): StageView['breaker'] {
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

function pauseView(pause: StagePause | undefined): StageView['paused'] {
  if (pause === undefined) return null;
  return { by: pause.operator, reason: pause.reason, at: pause.pausedAt.toISOString() };
}

function stageOf(text: string): QueueName {
  const stage = queueNames.find((name) => name === text);
  if (stage !== undefined) return stage;
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

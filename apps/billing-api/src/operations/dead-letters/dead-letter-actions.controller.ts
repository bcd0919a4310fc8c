import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, Caller, Tenancy, type Principal } from '#access';
import type { AuditActor } from '#audit';
import type { LetterAction } from '#contracts';
import {
  actionListQuery,
  letterActionLinks,
  letterId,
  replayRequest,
  selectionRequest,
  type ActionResultView,
  type ActionView,
  type StartedActionView,
} from '#contracts/http';
import { BackPressure, ProblemError, readCursor, Route, toPage } from '#http';
import { PUBLIC_URL } from '../../tokens.ts';
import { ActionRunner } from './action-runner.ts';
import { findAction, listActions, type RecordedAction } from './action.queries.ts';
import { countLetters, databaseNow } from './letter.queries.ts';
import { FROM } from './run-action.ts';
import { selectionOf } from './selection.ts';

type Answer = ActionResultView | StartedActionView;

interface Exchange {
  readonly actor: AuditActor;
  readonly caller: Principal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The decisions of an operator about dead letters. Repeating an action finds nothing left to do. */
@Controller()
export class DeadLetterActionsController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
    private readonly backPressure: BackPressure,
    private readonly runner: ActionRunner,
  ) {}

  @Route('GET /v1/dead-letters/actions')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: actionListQuery }) { limit, cursor }: z.output<typeof actionListQuery>,
  ) {
    const before = readCursor(cursor, (text) => letterId.safeParse(text).data);
    const found = await this.tenancy.readAsOperator(caller, (db) => listActions(db, { before, limit: limit + 1 }));
    return toPage(found, { limit, viewOf: (action) => this.#view(action), cursorOf: ({ id }) => id });
  }

  @Route('GET /v1/dead-letters/actions/{id}')
  async find(@Caller() caller: Principal, @Param('id') id: string): Promise<ActionView> {
    const isId = letterId.safeParse(id).success;
    const action = isId ? await this.tenancy.readAsOperator(caller, (db) => findAction(db, id)) : undefined;
    if (action !== undefined) return this.#view(action);
    throw new ProblemError({
      status: 404,
      code: 'DEAD_LETTER_ACTION_NOT_FOUND',
      title: 'No such action',
      detail: 'There is no action of this id: GET /v1/dead-letters/actions lists all of them.',
    });
  }

  @Route('POST /v1/dead-letters/replay')
  async replay(
    @Caller() caller: Principal,
    @Body({ schema: replayRequest }) body: z.output<typeof replayRequest>,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
    @Actor() actor: AuditActor,
  ): Promise<Answer> {
    if (!body.dryRun) await this.backPressure.check();
    return await this.#act('replay', body, { caller, actor, request, response });
  }

  @Route('POST /v1/dead-letters/discard')
  async discard(
    @Caller() caller: Principal,
    @Body({ schema: selectionRequest }) body: z.output<typeof selectionRequest>,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
    @Actor() actor: AuditActor,
  ): Promise<Answer> {
    return await this.#act('discard', body, { caller, actor, request, response });
  }

  @Route('POST /v1/dead-letters/restore')
  async restore(
    @Caller() caller: Principal,
    @Body({ schema: selectionRequest }) body: z.output<typeof selectionRequest>,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
    @Actor() actor: AuditActor,
  ): Promise<Answer> {
    return await this.#act('restore', body, { caller, actor, request, response });
  }

  async #act(
    name: LetterAction,
    body: z.output<typeof selectionRequest> & { readonly perSecond?: number },
    { caller, actor, request, response }: Exchange,
  ): Promise<Answer> {
    const { dryRun, perSecond } = body;
    if (dryRun) {
      const counted = await this.tenancy.readAsOperator(caller, async (db) => {
        const asOf = body.asOf ?? (await databaseNow(db));
        return { asOf, matched: await countLetters(db, selectionOf({ ...body, asOf }), FROM[name].status) };
      });
      return { dryRun, ...counted, actionId: null, done: 0, refusals: {}, refused: [] };
    }
    const action = {
      caller,
      name,
      operator: caller.name,
      actor,
      selection: selectionOf(body),
      ...(perSecond === undefined ? {} : { perSecond }),
    };
    if (prefersAsync(request)) {
      const actionId = await this.runner.start(action);
      const links = letterActionLinks(this.baseUrl, actionId);
      response.statusCode = 202;
      response.setHeader('Location', links.self);
      response.setHeader('Preference-Applied', 'respond-async');
      return { actionId, links };
    }
    // A large replay takes minutes without output. The idle timeout would otherwise cut the connection.
    request.socket.setTimeout(0);
    const { asOf, actionId, done, refusals, refused } = await this.runner.run(action);
    return { dryRun, asOf, matched: null, actionId, done, refusals, refused: [...refused] };
  }

  #view({ startedAt, finishedAt, ...action }: RecordedAction): ActionView {
    return {
      ...action,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
      links: letterActionLinks(this.baseUrl, action.id),
    };
  }
}

/** True if the header Prefer names respond-async (RFC 7240). Preferences that are not known are ignored. */
function prefersAsync({ headers }: IncomingMessage): boolean {
  const preferences = [headers['prefer'] ?? []].flat().join(',').split(',');
  return preferences.some((each) => each.split(';', 1)[0]?.trim().toLowerCase() === 'respond-async');
}

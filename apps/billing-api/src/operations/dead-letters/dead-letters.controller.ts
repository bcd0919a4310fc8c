import { Controller, Inject, Param, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Actor, Caller, mayDo, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { groupListQuery, letterId, letterListQuery, type LetterView } from '#contracts/http';
import { withTransaction } from '#database';
import { ProblemError, readCursor, Route, toPage } from '#http';
import { decodeGroupCursor, encodeGroupCursor } from './group-cursor.ts';
import { bodyOf, detailsView, groupView, summaryView } from './letter-view.ts';
import { findHistory, findLetter, findReplays, groupLetters, listLetters } from './letter.queries.ts';

/** Messages that will not be tried again by themselves, as a person looks at them. */
@Controller()
export class DeadLettersController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Route('GET /v1/dead-letters')
  async list(
    @Query({ schema: letterListQuery })
    { limit, cursor, status: wanted, ...filter }: z.output<typeof letterListQuery>,
  ) {
    const before = readCursor(cursor, (text) => letterId.safeParse(text).data);
    const status = wanted === 'any' ? undefined : wanted;
    const found = await listLetters(this.dataSource.manager, filter, { status, before, limit: limit + 1 });
    return toPage(found, { limit, viewOf: summaryView, cursorOf: ({ id }) => id });
  }

  @Route('GET /v1/dead-letters/groups')
  async groups(
    @Query({ schema: groupListQuery }) { limit, cursor, status: wanted, ...filter }: z.output<typeof groupListQuery>,
  ) {
    const after = readCursor(cursor, decodeGroupCursor);
    const status = wanted === 'any' ? undefined : wanted;
    const found = await groupLetters(this.dataSource.manager, filter, { status, after, limit: limit + 1 });
    return toPage(found, { limit, viewOf: groupView, cursorOf: encodeGroupCursor });
  }

  @Route('GET /v1/dead-letters/{id}')
  async find(@Param('id') id: string, @Caller() caller: Principal, @Actor() actor: AuditActor): Promise<LetterView> {
    const { manager } = this.dataSource;
    const letter = letterId.safeParse(id).success ? await findLetter(manager, id) : undefined;
    if (letter === undefined) {
      throw new ProblemError({
        status: 404,
        code: 'DEAD_LETTER_NOT_FOUND',
        title: 'No such dead letter',
        detail: 'There is no dead letter of this id: GET /v1/dead-letters?status=any lists all that are kept.',
      });
    }
    const [history, replays] = await Promise.all([findHistory(manager, id), findReplays(manager, id)]);
    const body = bodyOf(letter.body);
    const isWhole = mayDo(caller, 'debtors:pii');
    if (isWhole && body.isPersonal) await this.#recordShown(actor, id);
    return detailsView(letter, { body: isWhole ? body.whole : body.masked, history, replays });
  }

  async #recordShown(actor: AuditActor, id: string): Promise<void> {
    await withTransaction(this.dataSource, async (tx) => {
      const target = { kind: 'dead letter', id } as const;
      await recordAudit(tx, actor, { action: 'pii.shown', target, details: { fields: ['body'] } });
    });
  }
}

import { Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Actor, Caller, mayDo, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import { groupListQuery, letterId, letterListQuery, type LetterView } from '#contracts/http';
import { ProblemError, readCursor, Route, toPage } from '#http';
import { decodeGroupCursor, encodeGroupCursor } from './group-cursor.ts';
import { bodyOf, detailsView, groupView, summaryView } from './letter-view.ts';
import { findHistory, findLetter, findReplays, groupLetters, listLetters } from './letter.queries.ts';

/** Messages that will not be tried again by themselves, as a person looks at them. */
@Controller()
export class DeadLettersController {
  constructor(private readonly tenancy: Tenancy) {}

  @Route('GET /v1/dead-letters')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: letterListQuery })
    { limit, cursor, status: wanted, ...filter }: z.output<typeof letterListQuery>,
  ) {
    const before = readCursor(cursor, (text) => letterId.safeParse(text).data);
    const status = wanted === 'any' ? undefined : wanted;
    const found = await this.tenancy.readAsOperator(caller, (db) =>
      listLetters(db, filter, { status, before, limit: limit + 1 }),
    );
    return toPage(found, { limit, viewOf: summaryView, cursorOf: ({ id }) => id });
  }

  @Route('GET /v1/dead-letters/groups')
  async groups(
    @Caller() caller: Principal,
    @Query({ schema: groupListQuery }) { limit, cursor, status: wanted, ...filter }: z.output<typeof groupListQuery>,
  ) {
    const after = readCursor(cursor, decodeGroupCursor);
    const status = wanted === 'any' ? undefined : wanted;
    const found = await this.tenancy.readAsOperator(caller, (db) =>
      groupLetters(db, filter, { status, after, limit: limit + 1 }),
    );
    return toPage(found, { limit, viewOf: groupView, cursorOf: encodeGroupCursor });
  }

  @Route('GET /v1/dead-letters/{id}')
  async find(@Caller() caller: Principal, @Param('id') id: string, @Actor() actor: AuditActor): Promise<LetterView> {
    const found = letterId.safeParse(id).success
      ? await this.tenancy.readAsOperator(caller, async (db) => {
          const letter = await findLetter(db, id);
          return letter && { letter, history: await findHistory(db, id), replays: await findReplays(db, id) };
        })
      : undefined;
    if (found === undefined) {
      throw new ProblemError({
        status: 404,
        code: 'DEAD_LETTER_NOT_FOUND',
        title: 'No such dead letter',
        detail: 'There is no dead letter of this id: GET /v1/dead-letters?status=any lists all that are kept.',
      });
    }
    const { letter, ...past } = found;
    const { body: bytes, ...rest } = letter;
    const body = bodyOf(bytes);
    const isWhole = mayDo(caller, 'debtors:pii');
    if (isWhole && body.isPersonal) await this.#recordShown(caller, actor, id);
    return detailsView(rest, { body: isWhole ? body.whole : body.masked, ...past });
  }

  async #recordShown(caller: Principal, actor: AuditActor, id: string): Promise<void> {
    await this.tenancy.withOperator(caller, async (tx) => {
      const target = { kind: 'dead letter', id } as const;
      await recordAudit(tx, actor, { action: 'pii.shown', target, details: { fields: ['body'] } });
    });
  }
}

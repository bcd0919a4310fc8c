import { Controller, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import { Actor, Caller, OpenPlaces, Tenancy, type Principal } from '#access';
import { planesOf, recordAudit, type AuditActor } from '#audit';
import {
  AUDIT_HEADER,
  auditCsvQuery,
  auditEventQuery,
  auditSealQuery,
  type AuditEventPage,
  type AuditEventView,
  type AuditPlane,
  type AuditSealPage,
} from '#contracts/http';
import { ProblemError, readCursor, Route, toPage } from '#http';
import { csvBlocks, sendCsv, separatorOf } from '../../csv-download.ts';
import { keysetPages } from '../../keyset-pages.ts';
import { eventLine, sealView } from './audit-view.ts';
import { listEvents, listSeals } from './audit.queries.ts';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.ts';

const RETRY_AFTER_SECONDS = 10;
const CSV_PAGE_ROWS = 1_000;

const SEQ = /^[1-9]\d{0,14}$/;

/** Answers what callers did. Each request is about one chain. */
@Controller()
export class AuditController {
  /** Each holds two pages, of about 1 KB a row. */
  readonly #downloads = new OpenPlaces({
    what: 'downloads',
    ofOrganization: 'downloadsOpenOfOrganization',
    ofProcess: 'downloadsOpen',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

  constructor(private readonly tenancy: Tenancy) {}

  @Route('GET /v1/audit-events')
  async events(
    @Query({ schema: auditEventQuery }) { limit, cursor, plane, ...filter }: z.output<typeof auditEventQuery>,
    @Caller() caller: Principal,
  ): Promise<AuditEventPage> {
    const after = readCursor(cursor, decodeEventCursor);
    const page = { after, limit: limit + 1 };
    const chain = chainOf(caller, plane);
    const found = await this.tenancy.readAsOperator(caller, (db) => listEvents(db, chain, filter, page));
    return toPage(found, { limit, viewOf: (event) => event, cursorOf: encodeEventCursor });
  }

  @Route('GET /v1/audit-events.csv')
  async csv(
    @Query({ schema: auditCsvQuery }) { plane, separator, ...filter }: z.output<typeof auditCsvQuery>,
    @Caller() caller: Principal,
    @Actor() actor: AuditActor,
    @Res() response: Response,
  ): Promise<void> {
    const organizationId = chainOf(caller, plane);
    response.once('close', this.#downloads.take(caller));
    await this.tenancy.withOperator(caller, async (tx) => {
      const target = { kind: 'organization', id: caller.organizationId } as const;
      await recordAudit(tx, actor, { action: 'audit.downloaded', target, details: {} });
    });
    const pages = keysetPages(
      (after: AuditEventView | undefined, limit) =>
        this.tenancy.readAsOperator(caller, (db) => listEvents(db, organizationId, filter, { after, limit })),
      CSV_PAGE_ROWS,
    );
    const blocks = csvBlocks(AUDIT_HEADER, pages, eventLine, separatorOf({ separator }));
    await sendCsv(response, { fileName: 'audit', suffix: 'events.csv' }, blocks);
  }

  @Route('GET /v1/audit-seals')
  async seals(
    @Query({ schema: auditSealQuery }) { limit, cursor, plane }: z.output<typeof auditSealQuery>,
    @Caller() caller: Principal,
  ): Promise<AuditSealPage> {
    const after = readCursor(cursor, (text) => (SEQ.test(text) ? text : undefined)) ?? '0';
    const page = { after, limit: limit + 1 };
    const chain = chainOf(caller, plane);
    const found = await this.tenancy.readAsOperator(caller, (db) => listSeals(db, chain, page));
    return toPage(found, { limit, viewOf: sealView, cursorOf: ({ seq }) => seq });
  }
}

/**
 * The organization whose chain is asked for; null for that of the installation.
 * @throws ProblemError 403 PLANE_REFUSED if the caller acts in another plane
 */
function chainOf(caller: Principal, wanted: AuditPlane): string | null {
  const planes = planesOf(caller.permissions);
  const plane = wanted ?? planes[0];
  if (plane === undefined || !planes.includes(plane)) {
    throw new ProblemError({
      status: 403,
      code: 'PLANE_REFUSED',
      title: 'The caller does not act in this plane',
      detail: 'Members of an organization read what was done in it; the platform reads what concerns the installation.',
    });
  }
  return plane === 'platform' ? null : caller.organizationId;
}

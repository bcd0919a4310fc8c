import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import { Actor, Caller, Tenancy, type Principal } from '#access';
import type { AuditActor } from '#audit';
import { calendarDateIn, type CalendarDate } from '#calendar';
import {
  issuerChange,
  issuerListQuery,
  issuerPreviewRequest,
  issuerRequest,
  type IssuerChange,
  type IssuerPage,
  type IssuerPreviewRequest,
  type IssuerRequest,
  type IssuerView,
  type ProposalView,
} from '#contracts/http';
import { idPipe, notFound, ProblemError, readCursor, Route, toPage } from '#http';
import { SETTINGS, type Settings } from '../settings.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { refuseFixedFields } from './apply-change.ts';
import { checkIfMatch, entityTag } from './entity-tag.ts';
import { decodeIssuerCursor, encodeIssuerCursor } from './issuer-cursor.ts';
import { parseIssuer } from './issuer-request.ts';
import { issuerView } from './issuer-view.ts';
import { findIssuer, findLogo, listIssuers, type Issuer } from './issuer.queries.ts';
import { mergeChange, planChange } from './plan-change.ts';
import { renderPreview } from './preview.ts';
import { payeeFieldsOf } from './proposals/payee-fields.ts';
import { proposalView } from './proposals/proposal-view.ts';
import type { ProposedChange } from './proposals/proposal.queries.ts';
import { propose } from './proposals/propose.ts';
import { changeIssuer, registerIssuer } from './register-issuer.ts';

@Controller()
export class IssuersController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'TIME_ZONE' | 'FOUR_EYES'>,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('POST /v1/issuers')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: issuerRequest }) body: IssuerRequest,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView | ProposalView> {
    const today = this.#today();
    // A proposal is checked as a registration is, so that only a good one waits.
    parseIssuer(body, { id: randomUUID(), today });
    refuseForFewIssuers(caller);
    if (this.settings.FOUR_EYES) return await this.#propose({ caller, actor }, { request: body }, response);
    const id = await this.tenancy.withTenant(caller, (tx) => registerIssuer(tx, body, { caller, actor, today }));
    const created = this.#answer(await this.#stored(caller, id), response);
    response.setHeader('Location', created.links.self);
    return created;
  }

  @Route('POST /v1/issuers/preview')
  async preview(
    @Caller() caller: Principal,
    @Body({ schema: issuerPreviewRequest }) { id, ...body }: IssuerPreviewRequest,
    @Res() response: Response,
  ): Promise<void> {
    const today = this.#today();
    const issuer = parseIssuer(body, { id: id ?? randomUUID(), today });
    const logo = issuer.logo ?? (id === undefined ? undefined : await this.#logoOf(caller, id));
    const pdf = await renderPreview({ ...issuer, logo }, today);
    response.setHeader('Content-Type', 'application/pdf');
    response.setHeader('Content-Disposition', 'inline; filename="previa.pdf"');
    response.send(pdf);
  }

  @Route('GET /v1/issuers')
  async list(
    @Caller() caller: Principal,
    @Query({ schema: issuerListQuery }) { limit, cursor }: z.output<typeof issuerListQuery>,
  ): Promise<IssuerPage> {
    const after = readCursor(cursor, decodeIssuerCursor);
    const found = await this.tenancy.readAsTenant(caller, (db) => listIssuers(db, { limit: limit + 1, after }));
    return toPage(found, {
      limit,
      viewOf: (issuer) => this.#view(issuer),
      cursorOf: encodeIssuerCursor,
    });
  }

  @Route('GET /v1/issuers/{id}')
  async find(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView> {
    // The ETag is for If-Match alone: it stays the same while the next nosso número moves, so it proves no copy fresh.
    delete request.headers['if-none-match'];
    return this.#answer(await this.#stored(caller, id), response);
  }

  @Route('PATCH /v1/issuers/{id}')
  async change(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: issuerChange }) body: IssuerChange,
    @Actor() actor: AuditActor,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView | ProposalView> {
    const today = this.#today();
    const stored = await this.#stored(caller, id);
    checkIfMatch(ifMatch, entityTag(stored));
    const merged = mergeChange(stored, body);
    await this.tenancy.readAsTenant(caller, (db) => refuseFixedFields(db, id, merged.fixedFields));
    planChange(merged, { stored, change: body, today });
    if (this.settings.FOUR_EYES && payeeFieldsOf(body).length > 0) {
      const change = { issuerId: id, version: stored.version };
      return await this.#propose({ caller, actor }, { request: body, change }, response);
    }
    await this.tenancy.withTenant(caller, (tx) => changeIssuer(tx, { stored, change: body }, { caller, actor, today }));
    return this.#answer(await this.#stored(caller, id), response);
  }

  /** Keeps the request for a second person, and answers 202. */
  async #propose(
    { caller, actor }: { readonly caller: Principal; readonly actor: AuditActor },
    proposed: { readonly request: object; readonly change?: ProposedChange },
    response: ServerResponse,
  ): Promise<ProposalView> {
    const proposal = await this.tenancy.withTenant(caller, (tx) => propose(tx, { caller, actor }, proposed));
    const view = proposalView(proposal, this.baseUrl);
    response.statusCode = 202;
    response.setHeader('Location', view.links.self);
    return view;
  }

  async #stored(caller: Principal, id: string): Promise<Issuer> {
    const issuer = await this.tenancy.readAsTenant(caller, (db) => findIssuer(db, id));
    if (issuer === undefined) throw notFound('issuer', id);
    return issuer;
  }

  async #logoOf(caller: Principal, id: string): Promise<Buffer | undefined> {
    const found = await this.tenancy.readAsTenant(caller, (db) => findLogo(db, id));
    if (found === undefined) throw notFound('issuer', id);
    return found.logo ?? undefined;
  }

  #today(): CalendarDate {
    return calendarDateIn(this.settings.TIME_ZONE, new Date());
  }

  #answer(issuer: Issuer, response: ServerResponse): IssuerView {
    response.setHeader('ETag', entityTag(issuer));
    return this.#view(issuer);
  }

  #view(issuer: Issuer): IssuerView {
    return issuerView(issuer, { baseUrl: this.baseUrl, today: this.#today() });
  }
}

/** It could not see what it has registered, nor name it in its own list. */
function refuseForFewIssuers({ issuerIds }: Principal): void {
  if (issuerIds === null) return;
  throw new ProblemError({
    status: 403,
    code: 'PERMISSION_MISSING',
    title: 'The caller may not do this',
    detail: 'It acts for some issuers of its organization and cannot register another.',
    extra: { permission: 'issuers:write' },
  });
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Caller, checkRoomFor, type Principal } from '#access';
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
} from '#contracts/http';
import { withTransaction } from '#database';
import { idPipe, notFound, readCursor, Route, toPage } from '#http';
import { SETTINGS, type Settings } from '../settings.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { applyChange, refuseFixedFields } from './apply-change.ts';
import { checkIfMatch, entityTag } from './entity-tag.ts';
import { decodeIssuerCursor, encodeIssuerCursor } from './issuer-cursor.ts';
import { parseIssuer } from './issuer-request.ts';
import { issuerView } from './issuer-view.ts';
import { findIssuer, findLogo, insertIssuer, listIssuers, type Issuer } from './issuer.queries.ts';
import { mergeChange, planChange } from './plan-change.ts';
import { renderPreview } from './preview.ts';

@Controller()
export class IssuersController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'TIME_ZONE'>,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('POST /v1/issuers')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: issuerRequest }) body: IssuerRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView> {
    const issuer = parseIssuer(body, { id: randomUUID(), today: this.#today() });
    await withTransaction(this.dataSource, async (tx) => {
      await checkRoomFor(tx, 'issuers', caller);
      await insertIssuer(tx, issuer);
    });
    const created = this.#answer(await this.#stored(issuer.id), response);
    response.setHeader('Location', created.links.self);
    return created;
  }

  @Route('POST /v1/issuers/preview')
  async preview(
    @Body({ schema: issuerPreviewRequest }) { id, ...body }: IssuerPreviewRequest,
    @Res() response: Response,
  ): Promise<void> {
    const today = this.#today();
    const issuer = parseIssuer(body, { id: id ?? randomUUID(), today });
    const logo = issuer.logo ?? (id === undefined ? undefined : await this.#logoOf(id));
    const pdf = await renderPreview({ ...issuer, logo }, today);
    response.setHeader('Content-Type', 'application/pdf');
    response.setHeader('Content-Disposition', 'inline; filename="previa.pdf"');
    response.send(pdf);
  }

  @Route('GET /v1/issuers')
  async list(
    @Query({ schema: issuerListQuery }) { limit, cursor }: z.output<typeof issuerListQuery>,
  ): Promise<IssuerPage> {
    const after = readCursor(cursor, decodeIssuerCursor);
    return toPage(await listIssuers(this.dataSource.manager, { limit: limit + 1, after }), {
      limit,
      viewOf: (issuer) => this.#view(issuer),
      cursorOf: encodeIssuerCursor,
    });
  }

  @Route('GET /v1/issuers/{id}')
  async find(
    @Param('id', idPipe) id: string,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView> {
    // The ETag is for If-Match alone: it stays the same while the next nosso número moves, so it proves no copy fresh.
    delete request.headers['if-none-match'];
    return this.#answer(await this.#stored(id), response);
  }

  @Route('PATCH /v1/issuers/{id}')
  async change(
    @Param('id', idPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: issuerChange }) body: IssuerChange,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<IssuerView> {
    const today = this.#today();
    const stored = await this.#stored(id);
    checkIfMatch(ifMatch, entityTag(stored));
    const merged = mergeChange(stored, body);
    await refuseFixedFields(this.dataSource.manager, id, merged.fixedFields);
    const change = planChange(merged, { stored, change: body, today });
    await withTransaction(this.dataSource, (tx) => applyChange(tx, { stored, change, today }));
    return this.#answer(await this.#stored(id), response);
  }

  async #stored(id: string): Promise<Issuer> {
    const issuer = await findIssuer(this.dataSource.manager, id);
    if (issuer === undefined) throw notFound('issuer', id);
    return issuer;
  }

  async #logoOf(id: string): Promise<Buffer | undefined> {
    const found = await findLogo(this.dataSource.manager, id);
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

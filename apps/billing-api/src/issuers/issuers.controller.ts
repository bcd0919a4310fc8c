import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { calendarDateIn, type CalendarDate } from '#calendar';
import {
  issuer as issuerSchema,
  issuerChange,
  type IssuerChange,
  issuerPreviewRequest,
  issuerRequest,
  type IssuerRequest,
} from '#contracts/http';
import { withTransaction } from '#database';
import { idPipe, notFound, problemResponse } from '#http';
import { SETTINGS, type Settings } from '../settings.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { applyChange } from './apply-change.ts';
import { checkIfMatch, entityTag } from './entity-tag.ts';
import { findIssuer, findLogo, insertIssuer, type Issuer, listIssuers } from './issuer.queries.ts';
import { parseIssuer } from './issuer-request.ts';
import { issuerView } from './issuer-view.ts';
import { planChange } from './plan-change.ts';
import { renderPreview } from './preview.ts';

const PAGE_MAX = 100;

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
  cursor: z.uuid().optional().meta({ description: 'The `nextCursor` of the page before.' }),
});

@ApiTags('issuers')
@Controller('v1/issuers')
export class IssuersController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'TIME_ZONE'>,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({ summary: 'Register who is owed, with the account its boletos are issued under' })
  @ApiResponse({ status: 201, description: 'Registered', standardSchema: issuerSchema })
  async create(
    @Body({ schema: issuerRequest }) body: IssuerRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const issuer = parseIssuer(body, { id: randomUUID(), today: this.today() });
    await insertIssuer(this.dataSource.manager, issuer);
    const created = this.answer(await this.stored(issuer.id), response);
    response.setHeader('Location', created.links.self);
    return created;
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    summary: 'A boleto as this issuer’s would look',
    description: 'For a debt that does not exist: it is marked PRÉVIA and cannot be paid. Nothing is stored.',
  })
  @ApiResponse({ status: 200, description: 'One page, A4.', content: { 'application/pdf': {} } })
  @ApiResponse(problemResponse(404, ['ISSUER_NOT_FOUND']))
  async preview(
    @Body({ schema: issuerPreviewRequest }) { id, ...body }: z.output<typeof issuerPreviewRequest>,
    @Res() response: Response,
  ): Promise<void> {
    const today = this.today();
    const issuer = parseIssuer(body, { id: id ?? randomUUID(), today });
    const logo = issuer.logo ?? (id === undefined ? undefined : await this.logoOf(id));
    const pdf = await renderPreview({ ...issuer, logo }, today);
    response.setHeader('Content-Type', 'application/pdf');
    response.setHeader('Content-Disposition', 'inline; filename="previa.pdf"');
    response.send(pdf);
  }

  @Get()
  @ApiOperation({ summary: 'Issuers by name, a page at a time' })
  @ApiResponse({ status: 200, description: 'A page; `nextCursor` is null on the last one' })
  async list(@Query({ schema: pageQuery }) { limit, cursor }: z.output<typeof pageQuery>) {
    const issuers = await listIssuers(this.dataSource.manager, { limit: limit + 1, after: cursor });
    const page = issuers.slice(0, limit);
    return {
      items: page.map((issuer) => this.view(issuer)),
      nextCursor: issuers.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One issuer' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, description: 'Found', standardSchema: issuerSchema })
  @ApiResponse(problemResponse(404, ['ISSUER_NOT_FOUND']))
  async find(@Param('id', idPipe) id: string, @Res({ passthrough: true }) response: ServerResponse) {
    return this.answer(await this.stored(id), response);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change an issuer',
    description:
      'If-Match is the ETag of the answer that is changed. The first debt fixes document, bankCode and account. ' +
      'Boletos that were issued before keep their fees, instructions, especie and sacador.',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, description: 'Changed', standardSchema: issuerSchema })
  @ApiResponse(problemResponse(404, ['ISSUER_NOT_FOUND']))
  @ApiResponse(problemResponse(409, ['ISSUER_FIELD_FIXED']))
  @ApiResponse(problemResponse(412, ['PRECONDITION_FAILED']))
  @ApiResponse(problemResponse(428, ['PRECONDITION_REQUIRED']))
  async change(
    @Param('id', idPipe) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: issuerChange }) body: IssuerChange,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const today = this.today();
    const stored = await this.stored(id);
    checkIfMatch(ifMatch, entityTag(stored));
    const change = planChange(stored, body, today);
    await withTransaction(this.dataSource, (tx) => applyChange(tx, { stored, change, today }));
    return this.answer(await this.stored(id), response);
  }

  private async stored(id: string): Promise<Issuer> {
    const issuer = await findIssuer(this.dataSource.manager, id);
    if (issuer === undefined) throw notFound('issuer', id);
    return issuer;
  }

  private async logoOf(id: string): Promise<Buffer | undefined> {
    const found = await findLogo(this.dataSource.manager, id);
    if (found === undefined) throw notFound('issuer', id);
    return found.logo ?? undefined;
  }

  private today(): CalendarDate {
    return calendarDateIn(this.settings.TIME_ZONE, new Date());
  }

  private answer(issuer: Issuer, response: ServerResponse) {
    response.setHeader('ETag', entityTag(issuer));
    return this.view(issuer);
  }

  private view(issuer: Issuer) {
    return issuerView(issuer, { baseUrl: this.baseUrl, today: this.today() });
  }
}

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { formatDocument } from '#tax-ids';
import { calendarDateIn, type CalendarDate } from '#calendar';
import { idPipe, notFound, problemResponse } from '#http';
import { SETTINGS, type Settings } from '../settings.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { numberingOf } from './issuer-numbering.ts';
import { findIssuer, insertIssuer, type Issuer, listIssuers } from './issuer.queries.ts';
import { issuerRequest, parseIssuer } from './issuer-request.ts';

const PAGE_MAX = 100;

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
  after: z.uuid().optional().meta({ description: 'The `next` of the page before.' }),
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
  @ApiResponse({ status: 201, description: 'Registered' })
  async create(
    @Body({ schema: issuerRequest }) body: z.output<typeof issuerRequest>,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    const issuer = parseIssuer(body, { id: randomUUID(), today: this.today() });
    await insertIssuer(this.dataSource.manager, issuer);
    const stored = await this.find(issuer.id);
    response.setHeader('Location', stored.links.self);
    return stored;
  }

  @Get()
  @ApiOperation({ summary: 'Issuers by name, a page at a time' })
  @ApiResponse({ status: 200, description: 'A page; `next` is null on the last one' })
  async list(@Query({ schema: pageQuery }) { limit, after }: z.output<typeof pageQuery>) {
    const issuers = await listIssuers(this.dataSource.manager, { limit: limit + 1, after });
    const page = issuers.slice(0, limit);
    return {
      issuers: page.map((issuer) => this.view(issuer)),
      next: issuers.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One issuer' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiResponse({ status: 200, description: 'Found' })
  @ApiResponse(problemResponse(404, ['ISSUER_NOT_FOUND']))
  async find(@Param('id', idPipe) id: string) {
    const issuer = await findIssuer(this.dataSource.manager, id);
    if (issuer === undefined) throw notFound('issuer', id);
    return this.view(issuer);
  }

  private today(): CalendarDate {
    return calendarDateIn(this.settings.TIME_ZONE, new Date());
  }

  private view(issuer: Issuer) {
    const { account, document, nextNossoNumero, pix, sacador, mapping, createdAt, ...rest } = issuer;
    const { bankCode, ...accountFields } = account;
    return {
      ...rest,
      document: formatDocument(document),
      bankCode,
      account: accountFields,
      // A bigint has no JSON; a number would lose digits.
      ...numberingOf(account, nextNossoNumero, this.today()),
      pix: pix ?? null,
      sacador: sacador === undefined ? null : { ...sacador, document: formatDocument(sacador.document) },
      mapping: mapping ?? null,
      createdAt: createdAt.toISOString(),
      links: { self: `${this.baseUrl}/v1/issuers/${issuer.id}` },
    };
  }
}

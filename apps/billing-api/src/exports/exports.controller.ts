import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiGoneResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { DataSource } from 'typeorm';
import { idPipe, notFound, ProblemError, problemSchema } from '#http';
import { addLogContext } from '#observability';
import { STORAGE } from '#process';
import type { Storage } from '#storage';
import { findBatchFile } from '../batches/batches.queries.ts';
import { send } from '../csv-download.ts';
import { downloadName } from '../download-name.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { parseRange } from './byte-range.ts';
import { type ExportList, exportListSchema, exportSchema, exportView, type ExportView } from './export-view.ts';
import { type ExportFacts, findExport, listExports } from './exports.queries.ts';

/** One that is there, and the failed ones before it: more than this nobody tries. */
const EXPORTS_MAX = 100;

/** How the file of each format is sent. */
const FILES = {
  'pdf-zip': { suffix: 'boletos.zip', mediaType: 'application/zip' },
  'pdf-merged': { suffix: 'boletos.pdf', mediaType: 'application/pdf' },
} as const satisfies Record<ExportFacts['format'], unknown>;

@ApiTags('exports')
@Controller('v1')
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
export class ExportsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Get('batches/:id/exports')
  @ApiOperation({ summary: 'The exports of a batch, newest first' })
  @ApiOkResponse({ standardSchema: exportListSchema, description: 'All of them.' })
  @ApiNotFoundResponse({ standardSchema: problemSchema, description: 'BATCH_NOT_FOUND' })
  async list(@Param('id', idPipe) batchId: string): Promise<ExportList> {
    addLogContext({ batchId });
    if ((await findBatchFile(this.dataSource, batchId)) === undefined) throw notFound('batch', batchId);
    const found = await listExports(this.dataSource, batchId, EXPORTS_MAX);
    return { items: found.map((facts) => exportView(facts, this.baseUrl)) };
  }

  @Get('exports/:id')
  @ApiOperation({ summary: 'An export and its progress' })
  @ApiOkResponse({ standardSchema: exportSchema, description: 'The export as it is now.' })
  @ApiNotFoundResponse({ standardSchema: problemSchema, description: 'EXPORT_NOT_FOUND' })
  async get(@Param('id', idPipe) id: string): Promise<ExportView> {
    return exportView(await this.find(id), this.baseUrl);
  }

  @Get('exports/:id/download')
  @ApiOperation({ summary: 'The file of a completed export', description: 'Takes one byte range, to resume.' })
  @ApiOkResponse({
    description: 'The file.',
    content: Object.fromEntries(
      Object.values(FILES).map(({ mediaType }) => [mediaType, { schema: { type: 'string', format: 'binary' } }]),
    ),
  })
  @ApiNotFoundResponse({ standardSchema: problemSchema, description: 'EXPORT_NOT_FOUND' })
  @ApiConflictResponse({ standardSchema: problemSchema, description: 'EXPORT_NOT_READY' })
  @ApiGoneResponse({ standardSchema: problemSchema, description: 'EXPORT_GONE' })
  @ApiResponse({ status: 416, standardSchema: problemSchema, description: 'RANGE_NOT_SATISFIABLE' })
  async download(@Param('id', idPipe) id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const facts = await this.find(id);
    if (facts.status !== 'completed' || facts.storageKey === null) throw notReady(facts);
    const bytes = await this.storage.size(facts.storageKey);
    if (bytes === undefined) throw fileGone(id);

    // A finished file never changes, so the id alone tells versions apart.
    const etag = `"${id}"`;
    const ifRange = request.get('If-Range');
    const part = parseRange(ifRange === undefined || ifRange === etag ? request.get('Range') : undefined, bytes);
    if (part === 'unsatisfiable') throw rangeUnsatisfiable(bytes);

    const { offset, length } = part === 'whole' ? { offset: 0, length: bytes } : part;
    const body = await this.storage.stream(facts.storageKey, { offset, length });
    const { suffix, mediaType } = FILES[facts.format];
    response.attachment(downloadName(facts.fileName, suffix));
    response.setHeader('Content-Type', mediaType);
    response.setHeader('Content-Length', length);
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', 'private, no-cache');
    if (part !== 'whole') {
      const last = (offset + length - 1).toString();
      response.status(206).setHeader('Content-Range', `bytes ${offset.toString()}-${last}/${bytes.toString()}`);
    }
    await send(response, body);
  }

  private async find(id: string): Promise<ExportFacts> {
    const facts = await findExport(this.dataSource, id);
    if (facts === undefined) throw notFound('export', id);
    addLogContext({ batchId: facts.batchId });
    return facts;
  }
}

function notReady({ id, status, failure }: ExportFacts): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'EXPORT_NOT_READY',
    title: 'The export is not ready',
    detail:
      status === 'failed'
        ? `Export ${id} has failed (${failure?.code ?? 'UNKNOWN'}): ask for another.`
        : `Export ${id} is ${status}: ask again when it is completed.`,
    extra: { exportStatus: status },
  });
}

function fileGone(id: string): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'EXPORT_GONE',
    title: 'The file of the export is not kept any more',
    detail: `The file of export ${id} was removed when its time was over. Ask for another: POST /v1/batches/{id}/exports.`,
  });
}

function rangeUnsatisfiable(bytes: number): ProblemError {
  return new ProblemError({
    status: 416,
    code: 'RANGE_NOT_SATISFIABLE',
    title: 'The range lies behind the end of the file',
    detail: `The file has ${bytes.toString()} bytes, the first of which is 0. Ask without Range for all of it.`,
    headers: { 'Content-Range': `bytes */${bytes.toString()}` },
  });
}

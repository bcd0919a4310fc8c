import { Controller, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Actor, Caller, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor } from '#audit';
import {
  exportListQuery,
  exportMediaTypes,
  type ExportListQuery,
  type ExportPage,
  type ExportView,
} from '#contracts/http';
import { idPipe, notFound, ProblemError, readCursor, Route, toPage } from '#http';
import { addLogContext } from '#observability';
import { STORAGE } from '#process';
import type { Storage } from '#storage';
import { findBatchFile } from '../batches/batches.queries.ts';
import { send } from '../csv-download.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { downloadName } from '../download-name.ts';
import { PUBLIC_URL } from '../tokens.ts';
import { parseRange } from './byte-range.ts';
import { exportView } from './export-view.ts';
import { findExport, listExports, type ExportFacts } from './exports.queries.ts';

/** The end of the name under which the file of each format is saved. */
const SUFFIXES = {
  'pdf-zip': 'boletos.zip',
  'pdf-merged': 'boletos.pdf',
} as const satisfies Record<ExportFacts['format'], string>;

@Controller()
export class ExportsController {
  constructor(
    private readonly tenancy: Tenancy,
    @Inject(STORAGE) private readonly storage: Storage,
    @Inject(PUBLIC_URL) private readonly baseUrl: string,
  ) {}

  @Route('GET /v1/batches/{id}/exports')
  async list(
    @Caller() caller: Principal,
    @Param('id', idPipe) batchId: string,
    @Query({ schema: exportListQuery }) { limit, cursor }: ExportListQuery,
  ): Promise<ExportPage> {
    addLogContext({ batchId });
    const after = readCursor(cursor, decodeCursor);
    const found = await this.tenancy.readAsTenant(caller, async (db) => {
      if ((await findBatchFile(db, batchId)) === undefined) throw notFound('batch', batchId);
      return await listExports(db, batchId, { after, limit: limit + 1 });
    });
    return toPage(found, {
      limit,
      viewOf: (facts) => exportView(facts, this.baseUrl),
      cursorOf: (facts) => encodeCursor(facts.cursor),
    });
  }

  @Route('GET /v1/exports/{id}')
  async get(@Caller() caller: Principal, @Param('id', idPipe) id: string): Promise<ExportView> {
    return exportView(await this.#find(caller, id), this.baseUrl);
  }

  @Route('GET /v1/exports/{id}/download')
  async download(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Actor() actor: AuditActor,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const facts = await this.#find(caller, id);
    if (facts.status !== 'completed' || facts.storageKey === null) throw notReady(facts);
    const bytes = await this.storage.size(facts.storageKey);
    if (bytes === undefined) throw fileGone(id);

    // A finished file never changes, so the id alone tells versions apart.
    const etag = `"${id}"`;
    const ifRange = request.get('If-Range');
    const part = parseRange(ifRange === undefined || ifRange === etag ? request.get('Range') : undefined, bytes);
    if (part === 'unsatisfiable') throw rangeUnsatisfiable(bytes);

    const { offset, length } = part === 'whole' ? { offset: 0, length: bytes } : part;
    await this.#recordDownload({ caller, actor }, facts, { offset, bytes: length });
    const body = await this.storage.stream(facts.storageKey, { offset, length });
    response.attachment(downloadName(facts.fileName, SUFFIXES[facts.format]));
    response.setHeader('Content-Type', exportMediaTypes[facts.format]);
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

  async #recordDownload(
    { caller, actor }: { readonly caller: Principal; readonly actor: AuditActor },
    { id, batchId, format }: ExportFacts,
    part: { readonly offset: number; readonly bytes: number },
  ): Promise<void> {
    await this.tenancy.withTenant(caller, async (tx) => {
      const target = { kind: 'export', id } as const;
      await recordAudit(tx, actor, { action: 'export.downloaded', target, details: { batchId, format, ...part } });
    });
  }

  async #find(caller: Principal, id: string): Promise<ExportFacts> {
    const facts = await this.tenancy.readAsTenant(caller, (db) => findExport(db, id));
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

import { Controller, Inject, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Actor, Caller, mayDo, OpenPlaces, Tenancy, type Principal } from '#access';
import { recordAudit, type AuditActor, type AuditEvent } from '#audit';
import { hasEnded } from '#batches';
import { csvQuery, DUPLICATES_HEADER, REJECTIONS_HEADER, RESULTS_HEADER, type CsvQuery } from '#contracts/http';
import type { CsvSeparator } from '#debts-csv';
import { idPipe, notFound, ProblemError, Route } from '#http';
import { addLogContext } from '#observability';
import { STORAGE } from '#process';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import { csvBlocks, patiently, sendCsv, separatorOf } from '../../csv-download.ts';
import { keysetPages } from '../../keyset-pages.ts';
import { findBatchFile } from '../batches.queries.ts';
import { rejectionsAfter, resultsAfter, type RejectionRow, type ResultRow } from './batch-csv.queries.ts';
import { rejectionLines, resultLine } from './batch-csv.ts';
import { findUpload } from './duplicates.queries.ts';
import { duplicateLine, duplicatePages, type Sources } from './duplicates.ts';
import { maskedRejection } from './masked-rejection.ts';
import { validatedDuplicatePages } from './validated-duplicates.ts';

/** Two pages are held at once, at about 1 KB a row. Larger ones are not faster. */
const RESULTS_PAGE_ROWS = 2_000;
/** A rejected row keeps at most 2,000 characters of its text (RAW_CHARS_MAX of #debts-csv). */
const REJECTIONS_PAGE_ROWS = 1_000;

const RETRY_AFTER_SECONDS = 10;

@Controller()
export class BatchCsvController {
  /** Each holds pages for as long as its client reads: a few MB. */
  readonly #downloads = new OpenPlaces({
    what: 'downloads',
    ofOrganization: 'downloadsOpenOfOrganization',
    ofProcess: 'downloadsOpen',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
  /** Each holds the rows of a chunk: tens of MB. */
  readonly #duplicateDownloads = new OpenPlaces({
    what: 'downloads',
    ofOrganization: 'duplicatesOpenOfOrganization',
    ofProcess: 'duplicatesOpen',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

  constructor(
    private readonly tenancy: Tenancy,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  @Route('GET /v1/batches/{id}/results.csv')
  async results(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Actor() actor: AuditActor,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#downloads.take(caller));
    const { fileName, status } = await this.#findFile(caller, id);
    await this.#record(caller, actor, downloaded(id, 'results'));
    const noBoleto = hasEnded(status) ? 'dead' : 'pending';
    const pages = keysetPages(
      (after: ResultRow | undefined, limit) =>
        this.tenancy.readAsTenant(caller, (db) => resultsAfter(db, { batchId: id, noBoleto }, after, limit)),
      RESULTS_PAGE_ROWS,
    );
    const blocks = csvBlocks(RESULTS_HEADER, pages, resultLine, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'results.csv' }, blocks);
  }

  @Route('GET /v1/batches/{id}/rejections.csv')
  async rejections(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Actor() actor: AuditActor,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#downloads.take(caller));
    const { fileName } = await this.#findFile(caller, id);
    const isWhole = mayDo(caller, 'debtors:pii');
    await this.#record(caller, actor, downloaded(id, 'rejections'), ...(isWhole ? [shown(id)] : []));
    const pages = keysetPages(
      (after: RejectionRow | undefined, limit) =>
        this.tenancy.readAsTenant(caller, (db) => rejectionsAfter(db, id, after, limit)),
      REJECTIONS_PAGE_ROWS,
    );
    const blocks = csvBlocks(REJECTIONS_HEADER, pages, isWhole ? rejectionLines : maskedLines, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'rejections.csv' }, blocks);
  }

  @Route('GET /v1/batches/{id}/duplicates.csv')
  async duplicates(
    @Caller() caller: Principal,
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Actor() actor: AuditActor,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#duplicateDownloads.take(caller));
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    addLogContext({ batchId: id });
    const read: Sources['read'] = (work) => this.tenancy.readAsTenant(caller, work);
    const upload = await read((db) => findUpload(db, id));
    if (upload === undefined) throw notFound('batch', id);
    if (upload.isFileRemoved) throw uploadRemoved(id);
    await this.#record(caller, actor, downloaded(id, 'duplicates'));
    const pagesOf = upload.mode === 'validate' ? validatedDuplicatePages : duplicatePages;
    const pages = pagesOf({ read, storage: this.storage, signal: gone.signal }, upload);
    const blocks = csvBlocks(DUPLICATES_HEADER, patiently(response, pages), duplicateLine, separatorOf(query));
    try {
      await sendCsv(response, { fileName: upload.fileName, suffix: 'duplicates.csv' }, blocks);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof StorageKeyNotFoundError && !response.headersSent) throw uploadRemoved(id);
      throw error;
    }
  }

  async #record(caller: Principal, actor: AuditActor, ...events: readonly AuditEvent[]): Promise<void> {
    await this.tenancy.withTenant(caller, async (tx) => {
      for (const event of events) await recordAudit(tx, actor, event);
    });
  }

  async #findFile(caller: Principal, id: string) {
    addLogContext({ batchId: id });
    const file = await this.tenancy.readAsTenant(caller, (db) => findBatchFile(db, id));
    if (file === undefined) throw notFound('batch', id);
    return file;
  }
}

function downloaded(id: string, file: 'results' | 'rejections' | 'duplicates'): AuditEvent {
  return { action: 'csv.downloaded', target: { kind: 'batch', id }, details: { file } };
}

/** The whole rows of its rejections. */
function shown(id: string): AuditEvent {
  return { action: 'pii.shown', target: { kind: 'batch', id }, details: { fields: ['raw', 'value'] } };
}

function maskedLines(row: RejectionRow, separator: CsvSeparator): string {
  return rejectionLines(maskedRejection(row), separator);
}

function uploadRemoved(id: string): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'UPLOAD_REMOVED',
    title: 'The file is no longer kept',
    detail: `The file of batch ${id} was removed when its time was over. Send it again: what is known already is a duplicate then.`,
  });
}

import { Controller, Inject, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import { Caller, OpenPlaces, type Principal } from '#access';
import { hasEnded } from '#batches';
import { csvQuery, DUPLICATES_HEADER, REJECTIONS_HEADER, RESULTS_HEADER, type CsvQuery } from '#contracts/http';
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
import { duplicateLine, duplicatePages } from './duplicates.ts';
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
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  @Route('GET /v1/batches/{id}/results.csv')
  async results(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Caller() caller: Principal,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#downloads.take(caller));
    const { fileName, status } = await this.#findFile(id);
    const noBoleto = hasEnded(status) ? 'dead' : 'pending';
    const pages = keysetPages(
      (after: ResultRow | undefined, limit) => resultsAfter(this.dataSource, { batchId: id, noBoleto }, after, limit),
      RESULTS_PAGE_ROWS,
    );
    const blocks = csvBlocks(RESULTS_HEADER, pages, resultLine, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'results.csv' }, blocks);
  }

  @Route('GET /v1/batches/{id}/rejections.csv')
  async rejections(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Caller() caller: Principal,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#downloads.take(caller));
    const { fileName } = await this.#findFile(id);
    const pages = keysetPages(
      (after: RejectionRow | undefined, limit) => rejectionsAfter(this.dataSource, id, after, limit),
      REJECTIONS_PAGE_ROWS,
    );
    const blocks = csvBlocks(REJECTIONS_HEADER, pages, rejectionLines, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'rejections.csv' }, blocks);
  }

  @Route('GET /v1/batches/{id}/duplicates.csv')
  async duplicates(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuery }) query: CsvQuery,
    @Caller() caller: Principal,
    @Res() response: Response,
  ): Promise<void> {
    response.once('close', this.#duplicateDownloads.take(caller));
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    addLogContext({ batchId: id });
    const upload = await findUpload(this.dataSource, id);
    if (upload === undefined) throw notFound('batch', id);
    if (upload.isFileRemoved) throw uploadRemoved(id);
    const pagesOf = upload.mode === 'validate' ? validatedDuplicatePages : duplicatePages;
    const pages = pagesOf({ db: this.dataSource, storage: this.storage, signal: gone.signal }, upload);
    const blocks = csvBlocks(DUPLICATES_HEADER, patiently(response, pages), duplicateLine, separatorOf(query));
    try {
      await sendCsv(response, { fileName: upload.fileName, suffix: 'duplicates.csv' }, blocks);
    } catch (error) {
      if (gone.signal.aborted) return;
      if (error instanceof StorageKeyNotFoundError && !response.headersSent) throw uploadRemoved(id);
      throw error;
    }
  }

  async #findFile(id: string) {
    addLogContext({ batchId: id });
    const file = await findBatchFile(this.dataSource, id);
    if (file === undefined) throw notFound('batch', id);
    return file;
  }
}

function uploadRemoved(id: string): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'UPLOAD_REMOVED',
    title: 'The file is no longer kept',
    detail: `The file of batch ${id} was removed when its time was over. Send it again: what is known already is a duplicate then.`,
  });
}

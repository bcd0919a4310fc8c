import { Controller, Get, Inject, Ip, Param, Query, Res } from '@nestjs/common';
import {
  ApiGoneResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { DataSource } from 'typeorm';
import { hasEnded } from '#batches';
import { clientKey, idPipe, notFound, ProblemError, problemSchema } from '#http';
import { addLogContext } from '#observability';
import { STORAGE } from '#process';
import { StorageKeyNotFoundError, type Storage } from '#storage';
import { csvBlocks, type CsvQuery, csvQuerySchema, patiently, sendCsv, separatorOf } from '../csv-download.ts';
import { keysetPages } from '../keyset-pages.ts';
import { Places } from '../places.ts';
import { rejectionLines, REJECTIONS_HEADER, resultLine, RESULTS_HEADER } from './batch-csv.ts';
import { type RejectionRow, rejectionsAfter, type ResultRow, resultsAfter } from './batch-csv.queries.ts';
import { duplicateLine, duplicatePages, DUPLICATES_HEADER } from './duplicates.ts';
import { findUpload } from './duplicates.queries.ts';
import { findBatchFile } from './batches.queries.ts';
import { validatedDuplicatePages } from './validated-duplicates.ts';

/** Two pages are held at once, at about 1 KB a row. Larger ones are not faster. */
const RESULTS_PAGE_ROWS = 2_000;
/** A rejected row keeps at most 2,000 characters of its text (RAW_CHARS_MAX of #debts-csv). */
const REJECTIONS_PAGE_ROWS = 1_000;

/** Each holds pages for as long as its client reads: a few MB. */
const DOWNLOADS_MAX = 32;
const CLIENT_DOWNLOADS_MAX = 16;
/** Each holds the rows of a chunk: tens of MB. */
const DUPLICATES_MAX = 4;
const CLIENT_DUPLICATES_MAX = 2;
const RETRY_AFTER_SECONDS = 10;

const FORMAT =
  'UTF-8 without BOM, CRLF, RFC 4180, ordered by line. A text that a spreadsheet would run as a formula has an ' +
  "apostrophe (') in front, and so has the same text behind a separator inside a cell. A batch that is still being processed gives what is there by now.";

@ApiTags('batches')
@Controller('v1/batches/:id')
@ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
@ApiNotFoundResponse({ standardSchema: problemSchema, description: 'BATCH_NOT_FOUND' })
@ApiResponse({ status: 429, standardSchema: problemSchema, description: 'CLIENT_DOWNLOADS_FULL' })
@ApiResponse({ status: 503, standardSchema: problemSchema, description: 'DOWNLOADS_FULL' })
export class BatchCsvController {
  private readonly downloads = new Places(DOWNLOADS_MAX, CLIENT_DOWNLOADS_MAX);
  private readonly duplicateDownloads = new Places(DUPLICATES_MAX, CLIENT_DUPLICATES_MAX);

  constructor(
    private readonly dataSource: DataSource,
    @Inject(STORAGE) private readonly storage: Storage,
  ) {}

  @Get('results.csv')
  @ApiOperation({
    summary: 'Every accepted row with its boleto, as a CSV',
    description:
      `${FORMAT} \`status\` is the boleto's (issued …), or pending while there is none yet, or dead when there will ` +
      'be none. Duplicates are in duplicates.csv. ' +
      'A batch of mode `validate` has no boletos, so no rows here. `line` is the line of the file, the header ' +
      'being 1; `codigoBarras` and `linhaDigitavel` are 44 and 47 digits: import them as text.',
  })
  @ApiOkResponse({
    description: 'The file.',
    content: {
      'text/csv': {
        schema: { type: 'string' },
        example:
          `${RESULTS_HEADER.join(',')}\r\n` +
          '2,F-1001,issued,12345670000000001,00191163600000123450000001234567000000000117,' +
          '00190000090123456700700000001172116360000012345,123.45,2026-12-31,' +
          '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e,sent\r\n',
      },
    },
  })
  async results(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuerySchema }) query: CsvQuery,
    @Ip() address: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    takePlace(this.downloads, address, response);
    const { fileName, status } = await this.findFile(id);
    const noBoleto = hasEnded(status) ? 'dead' : 'pending';
    const pages = keysetPages(
      (after: ResultRow | undefined, limit) => resultsAfter(this.dataSource, id, noBoleto, after, limit),
      RESULTS_PAGE_ROWS,
    );
    const blocks = csvBlocks(RESULTS_HEADER, pages, resultLine, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'results.csv' }, blocks);
  }

  @Get('rejections.csv')
  @ApiOperation({
    summary: 'Every problem of every rejected row, as a CSV',
    description:
      `${FORMAT} One line a problem: a row with three problems has three, each with the whole row as it came, so ` +
      'that a file to correct can be made of it.',
  })
  @ApiOkResponse({
    description: 'The file.',
    content: {
      'text/csv': {
        schema: { type: 'string' },
        example:
          `${REJECTIONS_HEADER.join(',')}\r\n` +
          '7,debtAmount,abc,AMOUNT_INVALID,"Informe o valor em reais, como 1234,56.",' +
          '"Maria,52998224725,maria@example.com,abc,2026-12-31,F-1006"\r\n',
      },
    },
  })
  async rejections(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuerySchema }) query: CsvQuery,
    @Ip() address: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    takePlace(this.downloads, address, response);
    const { fileName } = await this.findFile(id);
    const pages = keysetPages(
      (after: RejectionRow | undefined, limit) => rejectionsAfter(this.dataSource, id, after, limit),
      REJECTIONS_PAGE_ROWS,
    );
    const blocks = csvBlocks(REJECTIONS_HEADER, pages, rejectionLines, separatorOf(query));
    await sendCsv(response, { fileName, suffix: 'rejections.csv' }, blocks);
  }

  @Get('duplicates.csv')
  @ApiOperation({
    summary: 'Every row that says a debt again, with the row that said it first, as a CSV',
    description:
      `${FORMAT} A row is a duplicate when its debt id is known with the same document, amount and due date. ` +
      '`equalTerms` names everything that is equal, `name` and `email` included. Of a batch of mode `validate` a row is ' +
      'compared with the debts that were on record then and with the earlier rows of its file. `note` says what cannot be ' +
      'known. The list is made by reading the file again, so it is there as long as the file is kept.',
  })
  @ApiOkResponse({
    description: 'The file.',
    content: {
      'text/csv': {
        schema: { type: 'string' },
        example:
          `${DUPLICATES_HEADER.join(',')}\r\n` +
          '3,CONTRATO-9,0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e,cobrancas.csv,2,document amount dueDate name email,\r\n',
      },
    },
  })
  @ApiGoneResponse({ standardSchema: problemSchema, description: 'UPLOAD_REMOVED' })
  async duplicates(
    @Param('id', idPipe) id: string,
    @Query({ schema: csvQuerySchema }) query: CsvQuery,
    @Ip() address: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    takePlace(this.duplicateDownloads, address, response);
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

  private async findFile(id: string) {
    addLogContext({ batchId: id });
    const file = await findBatchFile(this.dataSource, id);
    if (file === undefined) throw notFound('batch', id);
    return file;
  }
}

function takePlace(places: Places, address: string | undefined, response: Response): void {
  const full = places.take(clientKey(address), response);
  if (full === 'client') throw clientDownloadsFull();
  if (full === 'process') throw downloadsFull();
}

function clientDownloadsFull(): ProblemError {
  return new ProblemError({
    status: 429,
    code: 'CLIENT_DOWNLOADS_FULL',
    title: 'This address has too many downloads open',
    detail: 'Read those that are open to their end, or close them, and send the same request again.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}

function downloadsFull(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'DOWNLOADS_FULL',
    title: 'Too many downloads are open',
    detail: 'Send the same request again in a moment.',
    headers: { 'Retry-After': RETRY_AFTER_SECONDS.toString() },
  });
}

function uploadRemoved(id: string): ProblemError {
  return new ProblemError({
    status: 410,
    code: 'UPLOAD_REMOVED',
    title: 'The file is no longer kept',
    detail: `The file of batch ${id} was removed when its time was over. Send it again: what is known already is a duplicate then.`,
  });
}

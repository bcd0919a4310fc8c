import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { CsvQuery } from '#contracts/http';
import { csvLine, type CsvSeparator } from '#debts-csv';
import { downloadName } from './download-name.ts';

/** Handed to the socket at once: fewer and larger writes are faster, and this is what a slow reader makes us hold. */
const BLOCK_CHARS = 64 * 1024;

/** Without it a program reads the file as the language of its machine asks. */
const BYTE_ORDER_MARK = '\ufeff';

export function separatorOf({ separator }: CsvQuery): CsvSeparator {
  return separator === 'semicolon' ? ';' : ',';
}

/**
 * The text of a CSV in blocks of about BLOCK_CHARS; each row of a page gives any number of lines, with their ends. A
 * file of semicolons is for a spreadsheet and begins with a byte order mark.
 */
export async function* csvBlocks<R>(
  header: readonly string[],
  pages: AsyncIterable<readonly R[]>,
  linesOf: (row: R, separator: CsvSeparator) => string,
  separator: CsvSeparator = ',',
): AsyncGenerator<string, void, void> {
  let block = (separator === ';' ? BYTE_ORDER_MARK : '') + csvLine(header, separator);
  for await (const page of pages) {
    for (const row of page) {
      block += linesOf(row, separator);
      if (block.length < BLOCK_CHARS) continue;
      yield block;
      block = '';
    }
  }
  if (block !== '') yield block;
}

/**
 * Lifts the limit of an idle connection while a page is made, which may take minutes without a byte. A client that does
 * not read what is there is cut as before.
 */
export async function* patiently<R>(
  { socket }: Pick<Response, 'socket'>,
  pages: AsyncIterable<readonly R[]>,
): AsyncGenerator<readonly R[], void, void> {
  const idleMs = socket?.timeout ?? 0;
  try {
    socket?.setTimeout(0);
    for await (const page of pages) {
      socket?.setTimeout(idleMs);
      yield page;
      socket?.setTimeout(0);
    }
  } finally {
    socket?.setTimeout(idleMs);
  }
}

/**
 * Sends a CSV as a file to save. The first block is made before anything is sent, so that an early failure is still an
 * ordinary error; a later one breaks the connection, and the client sees that the file is not whole.
 */
export async function sendCsv(
  response: Response,
  { fileName, suffix }: { readonly fileName: string; readonly suffix: string },
  blocks: AsyncGenerator<string, void, void>,
): Promise<void> {
  const first = await blocks.next();
  response.attachment(downloadName(fileName, suffix));
  response.setHeader('Content-Type', 'text/csv; charset=utf-8; header=present');
  response.setHeader('Cache-Control', 'private, no-store');
  await send(
    response,
    Readable.from(startingWith(first.done === true ? '' : first.value, blocks), { objectMode: true }),
  );
}

async function* startingWith(first: string, rest: AsyncGenerator<string, void, void>): AsyncGenerator<string, void> {
  yield first;
  yield* rest;
}

/** Streams a body at the reader's pace. A client that goes away is its own decision, not an error. */
export async function send(response: Response, body: Readable): Promise<void> {
  if (response.req.method === 'HEAD') {
    body.destroy();
    response.end();
    if (!response.writableFinished) await once(response, 'close');
    return;
  }
  try {
    await pipeline(body, response);
  } catch (error) {
    if (isGoneAway(error)) return;
    throw error;
  }
}

function isGoneAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

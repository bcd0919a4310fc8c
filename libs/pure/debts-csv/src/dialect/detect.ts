import { EncodingEvidence, proofOf } from '../evidence/encoding-evidence.ts';
import { RowEvidence } from '../evidence/row-evidence.ts';
import { refuseContent, type FileProblem } from '../file-problems.ts';
import type { Boundary } from '../records/chunks.ts';
import { newlineByte, newlineOf, scanRecords, syntaxOf, type Syntax } from '../records/scan.ts';
import type { Aspect, Dialect, DialectOverrides, Encoding, Newline } from './dialect.ts';
import { readHeader, type Header } from './header.ts';

/** How many bytes of a file detectDialect wants to see: these, or the whole file if it is shorter. */
export const HEAD_BYTES_MAX = 65_536;

const BOM: readonly number[] = [0xef, 0xbb, 0xbf];

interface Refusal {
  readonly ok: false;
  readonly problem: FileProblem;
}

export type Detection = { readonly ok: true; readonly dialect: Dialect; readonly header: Header } | Refusal;

/**
 * Reads a file's dialect and header from its first HEAD_BYTES_MAX (or all of it). A problem here concerns the whole
 * file, because no row of it can be read. The uploader's overrides are believed, the rest is detected:
 *
 * - delimiter and header row: those that make the most titles known (Excel's `sep=;` line settles the delimiter);
 * - encoding: UTF-8 unless the bytes speak against it, then the one in which its letters can stand where they stand;
 * - decimals and dates: by what amounts and due dates can only mean.
 *
 * Aspects that later bytes may change are listed in `open` of the dialect; FileEvidence completes it. `known` is the
 * encoding of the whole file, if it was already found.
 */
export function detectDialect(head: Uint8Array, overrides: DialectOverrides = {}, known?: Encoding): Detection {
  const refusal = refuseContent(head);
  if (refusal !== undefined) return { ok: false, problem: refusal };

  const bom = BOM.every((byte, i) => head[i] === byte);
  const evidence = new EncodingEvidence();
  evidence.see(head);
  const decided = overrides.encoding ?? (bom ? 'utf-8' : (known ?? evidence.decision));
  const encoding = decided ?? encodingOf(evidence, head);
  const newline = newlineOf(head);
  const { delimiter, mapping: chosen } = overrides;
  const header = readHeader(head, bom ? BOM.length : 0, { newline, encoding, delimiter, mapping: chosen });
  if (!header.ok) return header;

  const { mapping, byteLength: byteOffset, lines } = header.header;
  const rows = new RowEvidence(header.delimiter, mapping);
  lookAtRows(rows, head, syntaxOf({ delimiter: header.delimiter, newline }, mapping), {
    byteOffset,
    firstLine: lines + 1,
  });
  const open = isWhole(head) ? [] : openAspects(overrides, { encoding: decided, decimal: rows.decimal });
  const { seen: seenInRows, ...concluded } = rows.conclude(overrides, undefined);
  const seen = { ...(bom || overrides.encoding ? {} : encodingSeen(evidence, encoding, head, newline)), ...seenInRows };
  const dialect = {
    delimiter: header.delimiter,
    encoding,
    ...(overrides.encoding === undefined ? {} : { encodingFixed: true }),
    bom,
    ...concluded,
    ...(Object.keys(seen).length > 0 ? { seen } : {}),
    dateFixed: overrides.date !== undefined,
    newline,
    ...(open.length > 0 ? { open } : {}),
  };
  return { ok: true, dialect, header: header.header };
}

/** The line of the head that shows its encoding. */
function encodingSeen(
  { proofAt }: EncodingEvidence,
  encoding: Encoding,
  head: Uint8Array,
  newline: Newline,
): Dialect['seen'] {
  const proof = proofOf(encoding);
  const at = proofAt[proof];
  if (at === undefined) return undefined;
  const byte = newlineByte(newline);
  let line = 1;
  for (let end = head.indexOf(byte); end >= 0 && end < at; end = head.indexOf(byte, end + 1)) line += 1;
  return { [proof]: line };
}

/** A head that is shorter than it may be is the whole file, and nothing is open. */
function isWhole(head: Uint8Array): boolean {
  return head.length < HEAD_BYTES_MAX;
}

/** The aspects that the rest of the file may still change. */
function openAspects(
  { decimal, date }: DialectOverrides,
  known: { readonly encoding: Encoding | undefined; readonly decimal: '.' | ',' | undefined },
): readonly Aspect[] {
  const open: Aspect[] = [];
  if (known.encoding === undefined) open.push('encoding');
  if (decimal === undefined && known.decimal === undefined) open.push('decimals');
  if (decimal === undefined) open.push('thousands');
  if (date === undefined) open.push('dates');
  return open;
}

/** Shows the rows of the head to `rows`; not the last one when the head may have cut it. */
function lookAtRows(rows: RowEvidence, head: Uint8Array, syntax: Syntax, from: Boundary): void {
  const data = Buffer.from(head.buffer, head.byteOffset, head.length).subarray(from.byteOffset);
  const records = scanRecords(data, syntax, from.firstLine);
  rows.within(data);
  for (const { start, end, line, flaw } of isWhole(head) ? records : records.slice(0, -1)) {
    if (flaw === undefined) rows.look(start, end, line);
  }
}

/** The encoding that the head suggests. The decision is final when the head is the whole file. */
function encodingOf(evidence: EncodingEvidence, head: Uint8Array): Encoding {
  return isWhole(head) ? evidence.finish() : evidence.guess;
}

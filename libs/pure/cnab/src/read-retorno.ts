import type { CalendarDate } from '#calendar';
import type { Entry } from './entry/entry.ts';
import { follows, lineFaults, NUMBER_OF_LINE, type FileFacts } from './entry/line-faults.ts';
import { problemAt, type RawEntry } from './entry/raw-entry.ts';
import { readEntry } from './entry/read-entry.ts';
import { dateOf, formOf } from './entry/values.ts';
import { checkFile, type Check } from './file/checks.ts';
import { detectFile, type Detected } from './file/detect.ts';
import type { FileProblem } from './file/file-problems.ts';
import { lineText, type Line } from './file/line-text.ts';
import { isBlankLine } from './file/lines.ts';
import type { Records } from './file/records.ts';
import { records240 } from './file/records240.ts';
import { records400 } from './file/records400.ts';
import { sameEntryText } from './fingerprint.ts';
import type { Reader } from './readers/reader.ts';
import { readerOf } from './readers/readers.ts';

/** An entry with what tells it apart from every other one of the account. */
export interface ReadEntry extends Entry {
  readonly fingerprint: {
    /** Equal for equal entries, whatever file brings them. */
    readonly text: string;
    /** Counts equal entries within the file from 0. */
    readonly repeat: number;
  };
}

/** A retorno, read: `entries` are readable or rejected, and each line is of the structure or of one entry. */
export interface Retorno {
  readonly reader: Reader;
  /** The account as the header prints it: agência, conta, convênio, as far as the layout has them. */
  readonly account: string;
  /** The number that the bank gave the file, as printed; null if the layout has none. */
  readonly number: string | null;
  readonly generatedOn: CalendarDate | null;
  readonly lines: number;
  readonly structureLines: number;
  readonly entries: readonly ReadEntry[];
  readonly checks: readonly Check[];
  /** False if the file breaks off: it has no trailer, and its last line is short. */
  readonly isComplete: boolean;
}

export type ReadResult =
  { readonly ok: true; readonly retorno: Retorno } | { readonly ok: false; readonly problem: FileProblem };

/** Reads a file of any bytes. A file that is no retorno of cobrança of a known bank and width is refused. */
export function readRetorno(bytes: Uint8Array): ReadResult {
  const detected = detectFile(bytes);
  if ('code' in detected) return { ok: false, problem: detected };
  if (detected.kind === 'remessa') return { ok: false, problem: { code: 'NOT_A_RETORNO', found: 'remessa' } };
  const { bank, width } = detected;
  const reader = readerOf(bank, width);
  if (reader === undefined) {
    return { ok: false, problem: { code: 'LAYOUT_UNSUPPORTED', found: `${bank}, ${width.toString()}` } };
  }
  return { ok: true, retorno: readWith(reader, bytes, detected) };
}

function readWith(reader: Reader, bytes: Uint8Array, { lines: rawLines, width, bank }: Detected): Retorno {
  const lines = rawLines.filter((raw) => !isBlankLine(bytes, raw)).map((raw) => lineText(bytes, raw, width));
  const blankLines = rawLines.length - lines.length;
  const records = width === 400 ? records400(lines, blankLines, reader) : records240(lines, blankLines);
  const { header, trailer } = records;
  const beyond = header.text.slice(width);
  const columnsMax = beyond.trimEnd() === '' ? width + beyond.length : width;
  const facts: FileFacts = { reader, bank, columnsMax, hasTrailer: trailer !== undefined };
  const brokenLines = linesOutOfSequence(lines, facts);
  const account = accountOf(reader, records);
  const entries = readEntries(records, facts, { account, brokenLines });
  return {
    reader,
    account,
    number: reader.fileNumber === undefined ? null : textOf(header, reader.fileNumber) || null,
    generatedOn: generatedOn(reader, header),
    lines: rawLines.length,
    structureLines: records.structureLines,
    entries,
    checks: checkFile({ reader, records, lines, entries, brokenLines: [...brokenLines], columnsMax }),
    isComplete: trailer !== undefined || !breaksOff(lines.at(-1), width),
  };
}

function textOf({ text }: Line, { from, to }: { readonly from: number; readonly to: number }): string {
  return text.slice(from - 1, to).trim();
}

/** The account stands in the header of the file, or in that of the first lot. */
function accountOf({ account, width, bank }: Reader, { header, sections }: Records): string {
  const line = width === 400 ? header : (sections[0]?.header ?? header);
  return [bank, ...account.map((columns) => textOf(line, columns))].join('/');
}

function generatedOn({ generatedOn: columns, generatedOnForm }: Reader, header: Line): CalendarDate | null {
  const text = header.text.slice(columns.from - 1, columns.to);
  return dateOf(text, generatedOnForm ?? formOf(text.length)) ?? null;
}

function breaksOff(last: Line | undefined, width: number): boolean {
  return last !== undefined && !last.isEnded && last.columns < width;
}

/** Lines whose number does not follow the line before. Details of 240 columns count anew in each lot. */
function linesOutOfSequence(lines: readonly Line[], { reader: { width } }: FileFacts): ReadonlySet<number> {
  const columns = NUMBER_OF_LINE[width];
  const broken = new Set<number>();
  let before: string | undefined;
  for (const line of lines) {
    const isCounted = width === 400 || line.text.charAt(7) === '3';
    const number = isCounted ? line.text.slice(columns.from - 1, columns.to) : undefined;
    if (before !== undefined && number !== undefined && !follows(before, number)) broken.add(line.number);
    before = number;
  }
  return broken;
}

function readEntries(
  records: Records,
  facts: FileFacts,
  { account, brokenLines }: { readonly account: string; readonly brokenLines: ReadonlySet<number> },
): readonly ReadEntry[] {
  const seen = new Map<string, number>();
  return records.entries.map((raw) => {
    raw.problems.push(...lineFaults(raw, facts), ...sequenceFaults(raw, facts, brokenLines));
    const entry = readEntry(raw, facts.reader);
    const text = sameEntryText(raw, account, facts.reader.width);
    const repeat = seen.get(text) ?? 0;
    seen.set(text, repeat + 1);
    const flags = repeat > 0 ? [...entry.flags, 'REPEATED_IN_FILE' as const] : entry.flags;
    return { ...entry, flags, fingerprint: { text, repeat } };
  });
}

function sequenceFaults(
  { lines }: RawEntry,
  { reader }: FileFacts,
  brokenLines: ReadonlySet<number>,
): RawEntry['problems'] {
  return lines
    .filter(({ number }) => brokenLines.has(number))
    .map((line) => problemAt('SEQUENCE_BROKEN', line, NUMBER_OF_LINE[reader.width]));
}

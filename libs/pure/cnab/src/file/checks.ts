import type { Entry } from '../entry/entry.ts';
import type { RawEntry } from '../entry/raw-entry.ts';
import { isDigits, saysNothing } from '../entry/values.ts';
import type { Reader, Total } from '../readers/reader.ts';
import type { Line } from './line-text.ts';
import type { Records, Section } from './records.ts';

type CheckCode =
  | 'TRAILER'
  | 'LOT_TRAILER'
  | 'FILE_LINES'
  | 'FILE_LOTS'
  | 'LOT_LINES'
  | 'TOTAL'
  | 'SEQUENCE'
  | 'LINE_WIDTH'
  | 'TRAILER_BANK'
  | 'OTHER_SERVICE_LINES';

/** A thing that a file says of itself, beside what it is. One that disagrees is shown, and refuses nothing. */
export interface Check {
  readonly code: CheckCode;
  /** The thing in Portuguese. */
  readonly name: string;
  /** The line that says it; the last line for a trailer that is missing. */
  readonly line: number;
  readonly expected: string;
  readonly found: string;
  readonly agrees: boolean;
}

export interface CheckedFile {
  readonly reader: Reader;
  readonly records: Records;
  readonly lines: readonly Line[];
  readonly entries: readonly Entry[];
  /** Lines whose number does not continue the line before. */
  readonly brokenLines: readonly number[];
  readonly columnsMax: number;
}

/** Compares trailers, counts, sums and numbers of lines with what was read. */
export function checkFile(file: CheckedFile): readonly Check[] {
  const entryOf = new Map(file.records.entries.map((raw, at) => [raw, file.entries[at]]));
  return [
    ...trailerChecks(file),
    ...file.records.sections.flatMap((section) => sectionChecks(file, section, entryOf)),
    ...sequenceCheck(file),
    ...widthChecks(file),
    ...foreignCheck(file),
  ];
}

/** Entries by their lines: a file of many lots must not look through all entries for each. */
type EntryOf = ReadonlyMap<RawEntry, Entry | undefined>;

type Said = Pick<Check, 'code' | 'name' | 'line'>;

function check(said: Said, expected: string | number, found: string | number): Check {
  return {
    ...said,
    expected: expected.toString(),
    found: found.toString(),
    agrees: Number(expected) === Number(found),
  };
}

function trailerChecks({ records, lines, reader }: CheckedFile): readonly Check[] {
  const { trailer } = records;
  const last = lines.at(-1)?.number ?? 0;
  if (trailer === undefined) return [check({ code: 'TRAILER', name: 'trailer do arquivo', line: last }, 1, 0)];
  if (reader.width === 400) return bankCheck(trailer, reader);
  const at = { line: trailer.number };
  return [
    ...comparedNumber(
      { code: 'FILE_LOTS', name: 'lotes do arquivo', ...at },
      trailer.text.slice(17, 23),
      records.sections.length,
    ),
    ...comparedNumber(
      { code: 'FILE_LINES', name: 'registros do arquivo', ...at },
      trailer.text.slice(23, 29),
      lines.length,
    ),
  ];
}

/** Compares a number that is there: blanks and zeros say nothing. */
function comparedNumber(said: Said, text: string, found: number): readonly Check[] {
  return isDigits(text) && !saysNothing(text) ? [check(said, Number(text), found)] : [];
}

/** Most trailers of 400 columns have the bank behind 9, 2 and the service. */
function bankCheck({ text, number }: Line, { bank }: Reader): readonly Check[] {
  const found = text.slice(4, 7);
  if (!text.startsWith('9201') || !isDigits(found) || found === '353') return [];
  return [check({ code: 'TRAILER_BANK', name: 'banco do trailer', line: number }, bank, found)];
}

function sectionChecks(file: CheckedFile, section: Section, entryOf: EntryOf): readonly Check[] {
  const { reader, records } = file;
  const { header, trailer, details } = section;
  if (trailer === undefined) {
    const said = { code: 'LOT_TRAILER', name: 'trailer do lote', line: header.number } as const;
    return reader.width === 240 && records.trailer !== undefined ? [check(said, 1, 0)] : [];
  }
  const line = trailer.number;
  const lines =
    reader.width === 400
      ? comparedNumber(
          { code: 'FILE_LINES', name: 'linhas do arquivo', line },
          trailer.text.slice(394, 400),
          details + 2,
        )
      : comparedNumber(
          { code: 'LOT_LINES', name: 'registros do lote', line },
          trailer.text.slice(17, 23),
          lotLines(reader, details),
        );
  return [...lines, ...reader.totals.flatMap((total) => totalCheck(section, total, entryOf))];
}

function lotLines({ lotCounts }: Reader, details: number): number {
  return lotCounts === 'details' ? details : details + 2;
}

function totalCheck({ trailer, entries }: Section, total: Total, entryOf: EntryOf): readonly Check[] {
  const text = trailer?.text.slice(total.from - 1, total.to) ?? '';
  if (trailer === undefined || !isDigits(text) || saysNothing(text)) return [];
  let found = 0n;
  for (const raw of entries) {
    const entry = entryOf.get(raw);
    if (entry === undefined || total.occurrences?.includes(entry.occurrence ?? '') === false) continue;
    found += weightOf(entry, total);
  }
  const said = { code: 'TOTAL', name: total.name, line: trailer.number } as const;
  return [check(said, BigInt(text).toString(), found.toString())];
}

function weightOf({ amounts }: Entry, { counts }: Total): bigint {
  if (counts === 'entries') return 1n;
  return (counts === 'title' ? amounts.title : amounts.paid) ?? 0n;
}

function sequenceCheck({ brokenLines }: CheckedFile): readonly Check[] {
  const [line] = brokenLines;
  if (line === undefined) return [];
  const said = { code: 'SEQUENCE', name: 'números de linha fora de sequência', line } as const;
  return [check(said, 0, brokenLines.length)];
}

/** Lines of structure with a column more show fields that moved there: account and numbers of the file may be wrong. */
function widthChecks({ records, reader, columnsMax }: CheckedFile): readonly Check[] {
  const structure = [
    records.header,
    records.trailer,
    ...records.sections.flatMap(({ header, trailer }) => [header, trailer]),
  ];
  return [...new Set(structure)].flatMap((line) =>
    line === undefined || line.columns <= columnsMax
      ? []
      : [check({ code: 'LINE_WIDTH', name: 'colunas da linha', line: line.number }, reader.width, line.columns)],
  );
}

function foreignCheck({ records: { foreignLines } }: CheckedFile): readonly Check[] {
  const [first] = foreignLines;
  if (first === undefined) return [];
  const said = { code: 'OTHER_SERVICE_LINES', name: 'linhas de outro serviço', line: first.number } as const;
  return [check(said, 0, foreignLines.length)];
}

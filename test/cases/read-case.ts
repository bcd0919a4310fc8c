import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { amountMax } from '#boleto';
import { parseIsoDate } from '#calendar';
import {
  ChunkCutter,
  detectDialect,
  HEAD_BYTES_MAX,
  syntaxOf,
  type DialectOverrides,
  type FileProblem,
  type HeaderMapping,
} from '#debts-csv';
import { parseChunk, type BadRow } from '../../apps/chunk-validator/src/reading/parse-chunk.ts';
import { allRows, type GoodRow } from '../../apps/chunk-validator/src/reading/row-sets.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/cases');

/** False in a clone without the folder of cases. */
export const hasCases = existsSync(FOLDER);

export function caseFile(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

export interface FileRead {
  readonly mapping: HeaderMapping;
  /** The rows that the splitter counts. */
  readonly rowsRead: number;
  readonly good: readonly GoodRow[];
  readonly bad: readonly BadRow[];
}

/** A file as file-splitter and chunk-validator read it, on 2026-11-28, its rows apart or together in their chunks. */
function readFile(file: Uint8Array, overrides: DialectOverrides = {}, chunkBytes = 1): FileRead | FileProblem {
  const detection = detectDialect(file.subarray(0, HEAD_BYTES_MAX), overrides);
  if (!detection.ok) return detection.problem;
  const { dialect, header } = detection;
  const start = { byteOffset: header.byteLength, firstLine: header.lines + 1 };
  const cutter = new ChunkCutter({ syntax: syntaxOf(dialect, header.mapping), start, sizes: { bytes: chunkBytes } });
  const chunks = [...cutter.push(file.subarray(header.byteLength)), ...cutter.finish()];
  const today = parseIsoDate('2026-11-28');
  if (today === undefined) throw new Error('not a date');
  const context = { mapping: header.mapping, dialect, profile: 'strict', today, amountMax: amountMax('001') } as const;
  const parsed = chunks.map(({ byteOffset, byteLength, firstLine, rows }) => {
    const bytes = file.subarray(byteOffset, byteOffset + byteLength);
    const range = { fromLine: 1, toLine: null };
    const reading = { dialect, firstLine, range, context, owner: '', plainRows: true, likelyNew: false };
    const { good, bad } = parseChunk(bytes, reading);
    if (good.count + bad.length !== rows) throw new Error('splitter and validator disagree about the rows');
    return { rows, good: allRows(good), bad };
  });
  return {
    mapping: header.mapping,
    rowsRead: parsed.reduce((sum, { rows }) => sum + rows, 0),
    good: parsed.flatMap(({ good }) => good),
    bad: parsed.flatMap(({ bad }) => bad),
  };
}

/** The same for a file that is already read. */
export function rowsOf(file: Uint8Array, overrides?: DialectOverrides, chunkBytes?: number): FileRead {
  const read = readFile(file, overrides, chunkBytes);
  if ('message' in read) throw new Error(read.message);
  return read;
}

/** The outcome of each row: debt ids of the good rows, lines and codes of the others. */
export function outcomeOf({ rowsRead, good, bad }: FileRead): {
  readonly read: number;
  readonly accepted: readonly string[];
  readonly rejected: readonly (readonly [number, ...string[]])[];
} {
  return {
    read: rowsRead,
    accepted: good.map(({ debtId }) => debtId),
    rejected: bad.map(({ line, problems }) => [line, ...problems.map(({ code }) => code)] as const),
  };
}

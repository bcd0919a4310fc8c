// Rows a second: bytes of chunks to judged rows, as chunk-validator does it, against csv-parse on the same bytes.
import { parse } from 'csv-parse/sync';
import { parseChunk } from '#apps/chunk-validator/src/reading/parse-chunk';
import { ChunkCutter, csvParseOptions, detectDialect, FileEvidence, syntaxOf } from '#debts-csv';
import { centavos } from '#money';
import { profiles, type BenchContext, type Profile } from './lib/context.ts';
import { dayOf } from './lib/dates.ts';
import { debtsCsv } from './lib/debts-csv.ts';
import { alternate, logLine, rateOfCore, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.ts';

const FILE_BYTES = 10_000_000;
const CHUNK_BYTES = 4_194_304;
const TODAY = dayOf('2026-11-21');
const AMOUNT_MAX = centavos(9_999_999_999n);

type Dialect = ReturnType<FileEvidence['finish']>;

interface MeasuredFile {
  readonly chunks: readonly { readonly bytes: Buffer; readonly firstLine: number }[];
  readonly context: Parameters<typeof parseChunk>[1]['context'];
  readonly dialect: Dialect;
  readonly rows: number;
}

/** The chunks of a file, each a buffer, as the validator gets them. */
function prepare(kind: Profile): MeasuredFile {
  const file = debtsCsv({ kind, bytes: FILE_BYTES });
  const detection = detectDialect(file.bytes.subarray(0, 65_536));
  if (!detection.ok) throw new Error(`the generated file is refused: ${detection.problem.code}`);
  const { dialect: ofHead, header } = detection;
  const { mapping, byteLength: dataAt } = header;
  const start = { byteOffset: dataAt, firstLine: header.lines + 1 };
  // The whole file decides the rest of the reading (ADR 31).
  const watcher = new FileEvidence({ dialect: ofHead, mapping, overrides: {}, dataAt });
  const sizes = { bytes: CHUNK_BYTES };
  const cutter = new ChunkCutter({ syntax: syntaxOf(ofHead, mapping), start, sizes, watcher });
  const data = file.bytes.subarray(dataAt);
  watcher.seeBytes(data);
  const cuts = [...cutter.push(data), ...cutter.finish()];
  const dialect = watcher.finish();
  const chunks = cuts.map(({ byteOffset, byteLength, firstLine }) => ({
    bytes: file.bytes.subarray(byteOffset, byteOffset + byteLength),
    firstLine,
  }));
  const context = { mapping: header.mapping, dialect, profile: kind, today: TODAY, amountMax: AMOUNT_MAX };
  return { chunks, context, dialect, rows: file.rows };
}

let judged = 0;

function judge({ chunks, context, dialect }: MeasuredFile): number {
  judged += 1; // a new owner for each round, which has no recent ids
  let rows = 0;
  for (const { bytes, firstLine } of chunks) {
    const range = { fromLine: firstLine, toLine: null };
    const { good, bad } = parseChunk(bytes, {
      dialect,
      firstLine,
      range,
      context,
      owner: String(judged),
      plainRows: true,
      likelyNew: true,
    });
    rows += good.count + bad.length;
  }
  return rows;
}

function separate({ chunks, dialect }: MeasuredFile): number {
  const options = csvParseOptions(dialect);
  let rows = 0;
  for (const { bytes } of chunks) rows += parse(bytes, options).length;
  return rows;
}

function side(file: MeasuredFile, work: (file: MeasuredFile) => number): () => number {
  return () =>
    rateOfCore(file.rows, () => {
      const rows = work(file);
      if (rows !== file.rows) throw new Error(`${String(rows)} rows read, the file has ${String(file.rows)}`);
    });
}

/** @returns medians of five rounds for one core, in rows/s; `ratio` is judged / csv-parse */
export async function benchValidate({ log }: BenchContext): Promise<object> {
  log.info(
    `Validating ${String(FILE_BYTES / 1e6)} MB, median of ${String(ROUNDS)} rounds (and spread), by processor time:`,
  );
  const result: Record<string, object> = {};
  for (const kind of profiles) {
    const file = prepare(kind);
    const rates = await alternate({ judged: side(file, judge), parsed: side(file, separate) });
    const ratio = ratioOf(rates.judged, rates.parsed);
    logLine(log, `${kind}: bytes to judged rows`, summarise(rates.judged), { digits: 0, unit: 'rows/s' });
    logLine(log, `${kind}: csv-parse alone`, summarise(rates.parsed), { digits: 0, unit: 'rows/s' });
    logLine(log, `${kind}: ratio`, ratio, { digits: 2, unit: 'times' });
    result[kind] = {
      judgedPerSecond: rounded(summarise(rates.judged)),
      csvParsePerSecond: rounded(summarise(rates.parsed)),
      ratio: rounded(ratio, 2),
    };
  }
  return result;
}

// MB a second: a file cut into chunks between its records, against a search for its line ends.
import { ChunkCutter, detectDialect, syntaxOf } from '#debts-csv';
import { profiles, type BenchContext, type Profile } from './lib/context.ts';
import { debtsCsv } from './lib/debts-csv.ts';
import { alternate, logLine, rateOfCore, ratioOf, rounded, ROUNDS, summarise } from './lib/rounds.ts';

const FILE_BYTES = 100_000_000;
/** The size of the blocks in which a file is streamed. */
const BLOCK_BYTES = 1_048_576;
const CHUNK_BYTES = 4_194_304;
const NEWLINE = 10;

/** The blocks of the file's data and where cutting starts. */
interface MeasuredFile {
  readonly blocks: readonly Buffer[];
  readonly rows: number;
  readonly syntax: ReturnType<typeof syntaxOf>;
  readonly start: { readonly byteOffset: number; readonly firstLine: number };
}

function prepare(kind: Profile): MeasuredFile {
  const file = debtsCsv({ kind, bytes: FILE_BYTES });
  const detection = detectDialect(file.bytes.subarray(0, 65_536));
  if (!detection.ok) throw new Error(`the generated file is refused: ${detection.problem.code}`);
  const { dialect, header } = detection;
  const data = file.bytes.subarray(header.byteLength);
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += BLOCK_BYTES) blocks.push(data.subarray(at, at + BLOCK_BYTES));
  const syntax = syntaxOf(dialect, header.mapping);
  return { blocks, rows: file.rows, syntax, start: { byteOffset: header.byteLength, firstLine: header.lines + 1 } };
}

function cut({ blocks, syntax, start }: MeasuredFile): number {
  const cutter = new ChunkCutter({ syntax, start, sizes: { bytes: CHUNK_BYTES } });
  let rows = 0;
  for (const block of blocks) for (const chunk of cutter.push(block)) rows += chunk.rows;
  for (const chunk of cutter.finish()) rows += chunk.rows;
  return rows;
}

function scanNewlines({ blocks }: MeasuredFile): number {
  let lines = 0;
  for (const block of blocks) {
    for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, at + 1)) lines += 1;
  }
  return lines;
}

function megabytes({ blocks }: MeasuredFile): number {
  return blocks.reduce((sum, { length }) => sum + length, 0) / 1e6;
}

/** A side: cuts or scans the file once and holds the count against the file's. */
function side(file: MeasuredFile, work: (file: MeasuredFile) => number): () => number {
  return () =>
    rateOfCore(megabytes(file), () => {
      const rows = work(file);
      if (rows !== file.rows) throw new Error(`${String(rows)} rows counted, the file has ${String(file.rows)}`);
    });
}

/**
 * @returns medians of five rounds for one core, in MB/s; `ratio` is cut / scan. The file `strict` has quoted cells.
 */
export async function benchSplit({ log }: BenchContext): Promise<object> {
  log.info(
    `Splitting ${String(FILE_BYTES / 1e6)} MB, median of ${String(ROUNDS)} rounds (and spread), by processor time:`,
  );
  const result: Record<string, object> = {};
  for (const kind of profiles) {
    const file = prepare(kind);
    const rates = await alternate({ cut: side(file, cut), scan: side(file, scanNewlines) });
    const ratio = ratioOf(rates.cut, rates.scan);
    logLine(log, `${kind}: cut into chunks`, summarise(rates.cut), { digits: 0, unit: 'MB/s' });
    logLine(log, `${kind}: search for line ends`, summarise(rates.scan), { digits: 0, unit: 'MB/s' });
    logLine(log, `${kind}: ratio`, ratio, { digits: 2, unit: 'times' });
    result[kind] = {
      cutMbPerSecond: rounded(summarise(rates.cut)),
      scanMbPerSecond: rounded(summarise(rates.scan)),
      ratio: rounded(ratio, 2),
    };
  }
  return result;
}

import { amountMax } from '#boleto';
import { calendarDateIn } from '#calendar';
import type { ChunkPart } from '#contracts';
import { validateRow } from '#debts-csv';
import type { Storage } from '#storage';
import type { ChunkToValidate } from '../chunk.queries.ts';
import type { Config } from '../config.ts';
import { parseWatched, type Judge, type ParsedChunk } from './parse-chunk.ts';

/** Reads the rows of a part from the file and counts them. Without fast paths every row goes through the rules. */
export class ChunkReader {
  readonly #storage: Storage;
  readonly #config: Pick<Config, 'TIME_ZONE' | 'FAST_PATHS'>;
  readonly #judge: Judge;

  constructor(
    storage: Storage,
    config: Pick<Config, 'TIME_ZONE' | 'FAST_PATHS'>,
    { judge = validateRow }: { readonly judge?: Judge } = {},
  ) {
    this.#storage = storage;
    this.#config = config;
    this.#judge = judge;
  }

  /**
   * @param likelyNew true to keep likely new rows apart
   * @throws Error if the part is a whole chunk and has not as many rows as the splitter counted
   */
  async read(chunk: ChunkToValidate, part: ChunkPart, likelyNew: boolean): Promise<ParsedChunk> {
    const { storageKey, mode, issuerId, dialect, mapping, profile, bankCode, extent } = chunk;
    const { byteOffset, byteLength, firstLine, rows: counted } = extent;
    const bytes = await this.#storage.read(storageKey, { offset: byteOffset, length: byteLength });
    if (bytes.length !== byteLength) {
      throw new Error(`read ${bytes.length.toString()} bytes of a chunk of ${byteLength.toString()}`);
    }
    const today = calendarDateIn(this.#config.TIME_ZONE, new Date());
    const context = { mapping, dialect, profile, today, amountMax: amountMax(bankCode) };
    // Rows that are only checked are not on record afterwards: their ids have an owner of their own.
    const owner = `${mode} ${issuerId}`;
    const reading = { dialect, firstLine, range: part, context, owner, plainRows: this.#config.FAST_PATHS, likelyNew };
    const parsed = await parseWatched(bytes, reading, this.#judge);
    const rows = rowCount(parsed);
    const isWhole = part.fromLine === firstLine && part.toLine === null;
    // Two different programs count the same bytes: this keeps the promise that every row is accounted for.
    if (isWhole && rows !== counted) {
      throw new Error(`parsed ${rows.toString()} rows where the splitter counted ${counted.toString()}`);
    }
    return parsed;
  }
}

/** The number of rows that were read, good or bad. */
export function rowCount({ good, bad }: ParsedChunk): number {
  return good.count + bad.length;
}

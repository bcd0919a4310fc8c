import type { RecordWatcher } from '../chunks.ts';
import type { Aspect, Dialect, DialectOverrides } from '../dialect.ts';
import type { HeaderMapping } from '../fields.ts';
import { EncodingEvidence } from './encoding-evidence.ts';
import { bitsOf, RowEvidence } from './row-evidence.ts';

export interface FileToRead {
  readonly dialect: Dialect;
  readonly mapping: HeaderMapping;
  readonly overrides: DialectOverrides;
  readonly dataAt: number;
}

/**
 * Completes a dialect whose head left something open, while the file is cut into chunks. What is decided does not depend
 * on how the file comes in blocks: two splitters of one file, and one that begins again after a crash, decide the same.
 */
export class FileEvidence implements RecordWatcher {
  readonly #overrides: DialectOverrides;
  readonly #rows: RowEvidence;
  readonly #encoding: EncodingEvidence;
  readonly #openBits: number;
  #dialect: Dialect;
  /** In the file, of the bytes in which rows are looked at. */
  #offset = 0;
  /** The first record whose reading depends on what later rows say. */
  #firstWaiting: number | undefined;

  /**
   * @param options.dialect of the head, as detectDialect gives it
   * @param options.dataAt where the first record stands: the first byte to be seen
   */
  constructor(options: FileToRead) {
    const { dialect, mapping, overrides, dataAt } = options;
    this.#encoding = new EncodingEvidence(dataAt);
    this.#dialect = dialect;
    this.#overrides = overrides;
    this.#rows = new RowEvidence(dialect.delimiter, mapping);
    this.#openBits = bitsOf(dialect.open ?? []);
  }

  /** How the file is read, as far as it is known. */
  get dialect(): Dialect {
    return this.#dialect;
  }

  /** Up to this byte the file is read alike, whatever is decided later. */
  get certainUpTo(): number {
    const encodingAt = this.#isOpen('encoding') ? this.#encoding.certainUpTo : Number.POSITIVE_INFINITY;
    return Math.min(encodingAt, this.#firstWaiting ?? Number.POSITIVE_INFINITY);
  }

  /** Takes the next bytes of the file, from its first record on. */
  seeBytes(block: Uint8Array): void {
    if (!this.#isOpen('encoding')) return;
    this.#encoding.see(block);
    this.#decideEncoding();
  }

  /** Whether rows are to be looked at. */
  get wantsRows(): boolean {
    return this.#openBits !== 0;
  }

  within(bytes: Buffer, offset: number): void {
    this.#rows.within(bytes);
    this.#offset = offset;
  }

  seeRow(start: number, end: number, line: number): void {
    const depends = this.#rows.look(start, end, line);
    if ((depends & this.#openBits) !== 0) this.#firstWaiting ??= this.#offset + start;
  }

  /** To be called after the last row: nothing is open any more. */
  finish(): Dialect {
    if (this.#isOpen('encoding')) this.#encoding.finish();
    this.#decideEncoding();
    const { open = [], ...dialect } = this.#dialect;
    if (open.length === 0) return this.#dialect;
    const decided = open.includes('decimals') ? undefined : dialect.decimal;
    this.#dialect = { ...dialect, ...this.#rows.conclude(this.#overrides, decided) };
    this.#firstWaiting = undefined;
    return this.#dialect;
  }

  #decideEncoding(): void {
    const { decision } = this.#encoding;
    if (decision === undefined || !this.#isOpen('encoding')) return;
    const { open = [], ...dialect } = this.#dialect;
    const left = open.filter((aspect) => aspect !== 'encoding');
    this.#dialect = { ...dialect, encoding: decision, ...(left.length > 0 ? { open: left } : {}) };
  }

  #isOpen(aspect: Aspect): boolean {
    return this.#dialect.open?.includes(aspect) === true;
  }
}

import type { Aspect, Dialect, DialectOverrides, EncodingProof } from '../dialect/dialect.ts';
import type { RecordWatcher } from '../records/chunks.ts';
import type { HeaderMapping } from '../row/fields.ts';
import { EncodingEvidence, proofOf } from './encoding-evidence.ts';
import { bitsOf, RowEvidence } from './row-evidence.ts';

export interface FileToRead {
  readonly dialect: Dialect;
  readonly mapping: HeaderMapping;
  readonly overrides: DialectOverrides;
  readonly dataAt: number;
}

/**
 * Completes a dialect whose head left something open, while the file is cut into chunks. What is decided does not
 * depend on how the file comes in blocks: two splitters of one file, and one that begins again after a crash, decide
 * the same.
 */
export class FileEvidence implements RecordWatcher {
  readonly #overrides: DialectOverrides;
  readonly #rows: RowEvidence;
  readonly #encoding: EncodingEvidence;
  readonly #openBits: number;
  readonly #linesOfProofs: Partial<Record<EncodingProof, number>> = {};
  #dialect: Dialect;
  /** The offsets of proofs whose rows are still to come. */
  readonly #unplaced = new Map<EncodingProof, number>();
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
    const known = { ...this.#encoding.proofAt };
    this.#encoding.see(block);
    const { proofAt } = this.#encoding;
    for (const proof of ['utf8', 'notUtf8'] as const) {
      if (known[proof] === undefined && proofAt[proof] !== undefined) this.#unplaced.set(proof, proofAt[proof]);
    }
    this.#decideEncoding();
  }

  /** True if rows are to be looked at. */
  get wantsRows(): boolean {
    return this.#openBits !== 0;
  }

  within(bytes: Buffer, offset: number): void {
    this.#rows.within(bytes);
    this.#offset = offset;
  }

  seeRow(start: number, end: number, line: number): void {
    if (this.#unplaced.size > 0) this.#place(this.#offset + start, this.#offset + end, line);
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
    const { seen: seenInRows, ...concluded } = this.#rows.conclude(this.#overrides, decided);
    const seen = { ...this.#encodingSeen(), ...seenInRows };
    const { seen: _, ...others } = dialect;
    this.#dialect = { ...others, ...concluded, ...(Object.keys(seen).length > 0 ? { seen } : {}) };
    this.#firstWaiting = undefined;
    return this.#dialect;
  }

  /** The line that shows the encoding; the head may have shown it. */
  #encodingSeen(): Dialect['seen'] {
    const { encoding, encodingFixed, seen } = this.#dialect;
    if (encodingFixed === true) return undefined;
    const proof = proofOf(encoding);
    const line = this.#linesOfProofs[proof] ?? seen?.[proof];
    return line === undefined ? undefined : { [proof]: line };
  }

  /** A row that is flawed is not shown, and a byte in it has no line: it is not looked for behind it. */
  #place(from: number, to: number, line: number): void {
    for (const [proof, at] of this.#unplaced) {
      if (at >= to) continue;
      if (at >= from) this.#linesOfProofs[proof] = line;
      this.#unplaced.delete(proof);
    }
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

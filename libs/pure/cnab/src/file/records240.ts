import { problemAt, unreadable, type RawEntry } from '../entry/raw-entry.ts';
import { isCobranca, isLotHeader } from './detect.ts';
import type { Line } from './line-text.ts';
import type { Records, Section } from './records.ts';

const TYPE = { from: 8, to: 8 };
const SEGMENT = { from: 14, to: 14 };
const OCCURRENCE = { from: 16, to: 17 };

/**
 * Sorts lines of 240 columns into entries, which are a T with its U and the segments that follow, and structure. Any
 * other line is an entry of its own that cannot be read, so that a line whose columns moved is never lost.
 */
export function records240(lines: readonly Line[], blankLines: number): Records {
  const [header] = lines;
  if (header === undefined) throw new RangeError('a file without lines has no records');
  const sorter = new Sorter(header, blankLines);
  for (const line of lines) sorter.add(line);
  return sorter.finish();
}

class Sorter {
  readonly #entries: RawEntry[] = [];
  readonly #sections: Section[] = [];
  readonly #foreignLines: Line[] = [];
  readonly #header: Line;
  #structureLines: number;
  #trailer: Line | undefined;
  #lot: Section | undefined;
  #isForeign = false;
  /** A T that waits for its U. */
  #open: { readonly entry: RawEntry; readonly lines: Line[] } | undefined;

  constructor(header: Line, blankLines: number) {
    this.#header = header;
    this.#structureLines = blankLines;
  }

  add(line: Line): void {
    if (this.#takesAsStructure(line)) {
      this.#structureLines += 1;
      return;
    }
    if (this.#isForeign) {
      this.#structureLines += 1;
      this.#foreignLines.push(line);
      return;
    }
    if (this.#lot !== undefined) this.#lot.details += 1;
    this.#addDetail(line);
  }

  finish(): Records {
    this.#close();
    return {
      header: this.#header,
      trailer: this.#trailer,
      entries: this.#entries,
      sections: this.#sections,
      structureLines: this.#structureLines,
      foreignLines: this.#foreignLines,
    };
  }

  /** Headers and trailers leave columns 9 to 16 blank where a moved detail line has its number and segment. */
  #takesAsStructure(line: Line): boolean {
    const { text } = line;
    const type = text.charAt(7);
    if (type === '1' && isLotHeader(text)) {
      this.#close();
      this.#isForeign = !isCobranca(text);
      this.#lot = { header: line, trailer: undefined, details: 0, entries: [] };
      if (!this.#isForeign) this.#sections.push(this.#lot);
      return true;
    }
    if (text.slice(8, 16).trim() !== '') return false;
    if (type === '0') return text.slice(3, 7) === '0000';
    if (type !== '5' && type !== '9') return false;
    this.#close();
    if (type === '9') this.#trailer = line;
    else if (this.#lot !== undefined) this.#lot.trailer = line;
    this.#lot = undefined;
    this.#isForeign = false;
    return true;
  }

  #addDetail(line: Line): void {
    const segment = line.text.charAt(13);
    if (line.text.charAt(7) !== '3') this.#push(unreadable(line, 'RECORD_UNKNOWN', TYPE));
    else if (segment === 'T') this.#openWith(line);
    else if (segment === 'U') this.#closeWith(line);
    else if (segment >= 'A' && segment <= 'Z' && this.#current() !== undefined) this.#current()?.companions.push(line);
    else this.#push(unreadable(line, 'RECORD_UNKNOWN', SEGMENT));
  }

  #current(): RawEntry | undefined {
    return this.#open?.entry ?? this.#entries.at(-1);
  }

  #openWith(line: Line): void {
    this.#close();
    const lines = [line];
    this.#open = { lines, entry: { lines, companions: [], problems: [] } };
  }

  #closeWith(line: Line): void {
    if (this.#open === undefined) {
      this.#push(unreadable(line, 'U_WITHOUT_T', SEGMENT));
      return;
    }
    const { entry, lines } = this.#open;
    this.#open = undefined;
    lines.push(line);
    const [first] = lines;
    if (first?.text.slice(15, 17) !== line.text.slice(15, 17)) {
      entry.problems.push(problemAt('OCCURRENCE_DIFFERS', line, OCCURRENCE));
    }
    this.#push(entry);
  }

  /** Gives up a T whose U did not come. */
  #close(): void {
    if (this.#open === undefined) return;
    const { entry, lines } = this.#open;
    this.#open = undefined;
    const [first] = lines;
    if (first !== undefined) entry.problems.push(problemAt('T_WITHOUT_U', first, SEGMENT));
    this.#push(entry);
  }

  #push(entry: RawEntry): void {
    this.#entries.push(entry);
    this.#lot?.entries.push(entry);
  }
}

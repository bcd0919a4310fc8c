import type { CalendarDate } from '#calendar';
import { centavos, type Centavos } from '#money';
import type { Columns } from './columns.ts';
import { rejects, type Problem, type ProblemCode } from './problems.ts';
import { problemAt, type RawEntry } from './raw-entry.ts';
import { centavosOf, dateOf, formOf, isBlank, isDigits, saysNothing, type DateForm } from './values.ts';

/** More than any boleto or payment: 100 billion reais. Only fields that moved say more. */
const AMOUNT_MAX = 10_000_000_000_000n;

/** Reads fields of an entry and notes every fault it meets, so that a person sees all of them at once. */
export class EntryText {
  readonly problems: Problem[];
  readonly #entry: RawEntry;

  constructor(entry: RawEntry) {
    this.#entry = entry;
    this.problems = [...entry.problems];
  }

  get isRejected(): boolean {
    return this.problems.some((problem) => rejects(problem));
  }

  readonly text = ({ line, from, to }: Columns): string => this.#entry.lines[line]?.text.slice(from - 1, to) ?? '';

  /** An amount; null if the layout has no column for it, or if it cannot be read. */
  amount(columns: Columns | undefined): Centavos | null {
    if (columns === undefined) return null;
    const value = centavosOf(this.text(columns));
    if (value === undefined) this.note('AMOUNT_INVALID', columns);
    else if (value > AMOUNT_MAX) this.note('AMOUNT_ABSURD', columns);
    else return centavos(value);
    return null;
  }

  /** A day; null if there is none, or if it cannot be read. */
  date(columns: Columns, form?: DateForm): CalendarDate | null {
    const text = this.text(columns);
    const day = dateOf(text, form ?? formOf(text.length));
    if (day === undefined) this.note('DATE_INVALID', columns);
    return day ?? null;
  }

  /** Codes one behind the other, without those that say nothing. */
  codes(columns: Columns, size: number): readonly string[] {
    const text = this.text(columns);
    const codes: string[] = [];
    for (let start = 0; start < text.length; start += size) {
      const code = text.slice(start, start + size);
      // Half a code shows that the fields moved. Longer ones are left-aligned, or free text.
      if (size === 2 && !isBlank(code) && code.includes(' ')) this.note('MOTIVES_INVALID', columns);
      if (!saysNothing(code)) codes.push(code.trim());
    }
    return codes;
  }

  /** Notes a field that has neither digits alone nor blanks alone. */
  expectNumber(columns: Columns): void {
    const text = this.text(columns);
    if (!isBlank(text) && !isDigits(text)) this.note('NUMBER_INVALID', columns);
  }

  /** Notes a field that has something where nothing belongs: in T even a zero may have moved there from a motive. */
  expectNothing(columns: Columns): void {
    const text = this.text(columns);
    const isNothing = columns.line === 0 ? isBlank(text) : saysNothing(text);
    if (!isNothing) this.note('FIELD_UNEXPECTED', columns);
  }

  note(code: ProblemCode, columns: Columns): void {
    const line = this.#entry.lines[columns.line];
    if (line !== undefined) this.problems.push(problemAt(code, line, columns));
  }
}

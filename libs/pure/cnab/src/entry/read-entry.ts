import { daysBetween, type CalendarDate } from '#calendar';
import { movesMoney, type Event } from '../occurrences/event.ts';
import type { Reader } from '../readers/reader.ts';
import { readAmounts, splitDiffers } from './amounts.ts';
import { at } from './columns.ts';
import { EntryText } from './entry-text.ts';
import type { Amounts, Entry, Flag } from './entry.ts';
import { motiveLabel } from './motive-label.ts';
import type { RawEntry } from './raw-entry.ts';
import { isBlank, isDigits, saysNothing } from './values.ts';

const NO_AMOUNTS: Amounts = {
  title: null,
  paid: null,
  credited: null,
  interest: null,
  fine: null,
  discount: null,
  rebate: null,
  otherCredits: null,
  fee: null,
};

/** Reads an entry. One that cannot be read safely has no amounts and no dates: nothing of it may be booked. */
export function readEntry(raw: RawEntry, fileReader: Reader): Entry {
  const source = new EntryText(raw);
  const reader = fileReader.variants?.get(source.text(at(1, 1))) ?? fileReader;
  const lines = [...raw.lines, ...raw.companions].map(({ number }) => number).toSorted((a, b) => a - b);
  const line = raw.lines[0]?.number ?? 0;
  if (source.isRejected && !hasAllLines(raw, reader)) {
    return { ...unread(source), line, lines, companyUse: '' };
  }

  const occurrence = occurrenceOf(source, reader);
  const event = eventOf(source, reader, occurrence);
  const ourNumber = ourNumberOf(source, reader);
  const motives = reader.motives === undefined ? [] : source.codes(reader.motives.columns, reader.motives.size);
  const amounts = readAmounts(source, reader, { event, occurrence });
  const occurredOn = source.date(reader.occurredOn);
  const creditedOn = source.date(reader.creditedOn, reader.creditedOnForm);
  const dueOn = source.date(reader.dueOn);
  if (movesMoney(event) && saysNothing(source.text(reader.occurredOn))) source.note('DATE_MISSING', reader.occurredOn);
  if (areFarApart(occurredOn, creditedOn)) source.note('DATE_UNLIKELY', reader.creditedOn);
  expectWholeFields(source, reader);
  if (event !== 'payer_alleges') for (const columns of reader.unused) source.expectNothing(columns);

  const known = { ourNumber, occurrence, motives, event, companyUse: source.text(reader.companyUse).trim() };
  if (source.isRejected) return { ...unread(source), ...known, line, lines };
  const titleKey = reader.titleKey(ourNumber ?? '', source.text);
  const read = { ...known, line, lines, titleKey, amounts, occurredOn, creditedOn, dueOn };
  return { ...read, outcome: 'readable', problems: source.problems, flags: flagsOf(read, reader) };
}

function unread(source: EntryText): Omit<Entry, 'line' | 'lines' | 'companyUse'> {
  return {
    outcome: 'rejected',
    problems: source.problems,
    flags: [],
    ourNumber: null,
    titleKey: null,
    occurrence: null,
    motives: [],
    event: 'unknown',
    amounts: NO_AMOUNTS,
    occurredOn: null,
    creditedOn: null,
    dueOn: null,
  };
}

/** An entry of 240 columns without its U, and a line of no known record, have no fields to look at. */
function hasAllLines({ lines, problems }: RawEntry, { width }: Reader): boolean {
  return !problems.some(({ code }) => code === 'RECORD_UNKNOWN') && lines.length === (width === 240 ? 2 : 1);
}

function occurrenceOf(source: EntryText, { occurrence }: Reader): string {
  const code = source.text(occurrence);
  if (code.length !== 2 || code.includes(' ')) source.note('OCCURRENCE_INVALID', occurrence);
  return code;
}

function eventOf({ text }: EntryText, reader: Reader, occurrence: string): Event {
  return reader.decideEvent?.(occurrence, text) ?? reader.events.get(occurrence) ?? 'unknown';
}

function ourNumberOf(source: EntryText, { ourNumber, ourNumberAgain }: Reader): string | null {
  const first = source.text(ourNumber).trim();
  const number = saysNothing(first) && ourNumberAgain !== undefined ? source.text(ourNumberAgain).trim() : first;
  if (number === '') return null;
  if (!isDigits(number)) source.note('OUR_NUMBER_INVALID', ourNumber);
  return number;
}

/** A credit more than a year from its payment shows digits that moved within the date. */
function areFarApart(occurredOn: CalendarDate | null, creditedOn: CalendarDate | null): boolean {
  if (occurredOn === null || creditedOn === null) return false;
  return Math.abs(daysBetween(occurredOn, creditedOn)) > 366;
}

/** Fields that mean nothing to us show whether those before them moved. */
function expectWholeFields(source: EntryText, { numbers, currency }: Reader): void {
  for (const columns of numbers) source.expectNumber(columns);
  if (currency === undefined) return;
  const code = source.text(currency.columns);
  if (!isBlank(code) && !currency.codes.includes(code)) source.note('NUMBER_INVALID', currency.columns);
}

function flagsOf(
  { event, occurrence, motives, amounts, creditedOn, titleKey }: Omit<Entry, 'outcome' | 'problems' | 'flags'>,
  reader: Reader,
): readonly Flag[] {
  const flags: Flag[] = [];
  if (event === 'unknown') flags.push('UNKNOWN_OCCURRENCE');
  const title = { event, occurrence: occurrence ?? '' };
  if (motives.some((motive) => motiveLabel(reader, title, motive) === '')) flags.push('UNKNOWN_MOTIVE');
  if (titleKey?.dvOk === false) flags.push('CHECK_DIGIT_WRONG');
  if (!movesMoney(event)) return flags;
  if (splitDiffers(event, amounts)) flags.push('SPLIT_DIFFERS');
  if (creditedOn === null) flags.push('CREDIT_DATE_MISSING');
  if (amounts.paid === 0n) flags.push('PAYMENT_OF_ZERO');
  return flags;
}

import { describe, expect, test } from 'vitest';
import type { Columns } from './entry/columns.ts';
import type { Layout } from './layout.ts';
import { remessaLayouts } from './layouts/remessa-layouts.ts';
import { retornoLayouts } from './layouts/retorno-layouts.ts';
import { EVENTS } from './occurrences/event.ts';
import type { Reader } from './readers/reader.ts';
import { readerOf, readers } from './readers/readers.ts';
import { hasShared, sharedRows } from './shared.fixture.ts';

const layouts = [
  ...Array.from(remessaLayouts, ([name, layout]) => [`remessa ${name}`, layout] as const),
  ...Array.from(retornoLayouts, ([name, layout]) => [`retorno ${name}`, layout] as const),
];

test.each(layouts)('the fields of each record stand side by side: %s', (name, layout) => {
  const width = Number(name.split('/')[1]);
  for (const [record, fields] of layout) {
    let next = 1;
    for (const { from, to, kind, name: field } of fields) {
      expect([record, from]).toEqual([record, next]);
      expect(to).toBeGreaterThanOrEqual(from);
      expect(['N', 'A', 'V', 'D']).toContain(kind);
      expect(field).not.toBe('');
      next = to + 1;
    }
    expect([record, next]).toEqual([record, width + 1]);
  }
});

/** Columns of readers that are more or less than one field of the manual's table. */
const NOT_ONE_FIELD: ReadonlySet<string> = new Set([
  // Modality and number, which the check digit covers together.
  '104/240 40-56',
  '104/400 57-73',
  // Without the check digit behind it.
  '033/240 41-52',
  '033/400 63-69',
  '041/400 63-70',
  '237/400 71-81',
  '748/400 48-55',
  // Number, check digit, parcela and modality stand in one field.
  '756/240 38-46',
  '748/240 38-46',
  // Three codes of three characters.
  '033/400 137-145',
]);

function columnsOf(reader: Reader): readonly Columns[] {
  const { occurrence, ourNumber, ourNumberAgain, motives, occurredOn, creditedOn, dueOn, companyUse, amounts } = reader;
  const all = [occurrence, ourNumber, ourNumberAgain, motives?.columns, occurredOn, creditedOn, dueOn, companyUse];
  return [...all, ...Object.values(amounts), ...reader.numbers, reader.currency?.columns].filter(
    (each): each is Columns => each !== undefined,
  );
}

function hasField(layout: Layout, record: string, { from, to }: Columns): boolean {
  return (layout.get(record) ?? []).some((field) => field.from === from && field.to === to);
}

describe.each(readers)('$name', (reader) => {
  const key = `${reader.bank}/${reader.width.toString()}`;
  const layout = retornoLayouts.get(key) ?? new Map<string, never>();
  const mains = reader.width === 240 ? ['T', 'U'] : Array.from(reader.mainRecords);

  test('it reads whole fields of the layout', () => {
    for (const record of mains) {
      const variant = reader.variants?.get(record) ?? reader;
      for (const columns of columnsOf(variant)) {
        const inRecord = reader.width === 240 ? (['T', 'U'][columns.line] ?? '') : record;
        const place = `${key} ${columns.from.toString()}-${columns.to.toString()}`;
        const isField = NOT_ONE_FIELD.has(place) || hasField(layout, inRecord, columns);
        expect([place, isField]).toEqual([place, true]);
      }
    }
  });

  test('money and dates are fields of money and dates', () => {
    for (const record of reader.width === 240 ? mains : mains.slice(0, 1)) {
      const fields = layout.get(record) ?? [];
      const kindAt = ({ from }: Columns): string | undefined => fields.find((field) => field.from === from)?.kind;
      const isHere = ({ line }: Columns): boolean => reader.width === 400 || ['T', 'U'][line] === record;
      for (const columns of Object.values(reader.amounts).filter(isHere)) expect(kindAt(columns)).toBe('V');
      const dates = [reader.occurredOn, reader.creditedOn, reader.dueOn].filter(isHere);
      for (const columns of dates) expect(kindAt(columns)).toBe('D');
    }
  });
});

function ofReader(row: Readonly<Record<string, string>>, { bank, width }: Reader): boolean {
  return row['bank'] === bank && row['width'] === width.toString();
}

function eventOf(bank: string, width: 240 | 400, code: string): string | undefined {
  return readerOf(bank, width)?.events.get(code);
}

describe.runIf(hasShared)('the codes of the manuals', () => {
  const known = hasShared ? sharedRows('ocorrencias.csv') : [];
  const motives = hasShared ? sharedRows('motivos.csv') : [];

  test.each(readers)('each occurrence is the event of the table: $name', (reader) => {
    const rows = known.filter((row) => ofReader(row, reader));
    expect(Object.fromEntries(reader.events)).toEqual(
      Object.fromEntries(rows.map(({ code = '', event = '' }) => [code, event])),
    );
    expect(rows.every(({ event }) => EVENTS.some((each) => each === event))).toBe(true);
  });

  test.each(readers)('each motive has a label: $name', (reader) => {
    const rows = motives.filter((row) => ofReader(row, reader));
    const listed = rows.map(({ group = '', code = '' }) => `${group} ${code}`);
    const ours = Array.from(reader.motiveLabels, ([group, labels]) =>
      Array.from(labels.keys(), (code) => `${group} ${code}`),
    );
    expect(ours.flat().toSorted()).toEqual(listed.toSorted());
    expect(Array.from(reader.motiveLabels.values(), (labels) => [...labels.values()]).flat()).not.toContain('');
  });
});

test('the same code is another event at another bank', () => {
  expect(eventOf('104', 400, '02')).toBe('written_off');
  expect(eventOf('104', 400, '21')).toBe('paid');
  expect(eventOf('104', 400, '06')).toBe('instruction_confirmed');
  expect(eventOf('001', 400, '05')).toBe('paid');
  expect(eventOf('341', 400, '08')).toBe('paid_at_notary');
  expect(eventOf('341', 400, '10')).toBe('paid_elsewhere');
  expect(eventOf('341', 400, '17')).toBe('instruction_refused');
  expect(eventOf('033', 400, '16')).toBe('instruction_refused');
  expect(eventOf('033', 400, '17')).toBe('paid_at_notary');
  expect(eventOf('033', 400, '93')).toBe('info');
  expect(eventOf('077', 400, '07')).toBe('written_off');
  expect(eventOf('748', 400, '28')).toBe('fee');
  expect(readerOf('353', 400)).toBe(readerOf('033', 400));
});

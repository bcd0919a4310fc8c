import type { CalendarDate } from '#calendar';
import { dateOf, formOf, isDigits } from './entry/values.ts';
import { detectFile, type Detected, type FileKind, type Width } from './file/detect.ts';
import type { FileProblem } from './file/file-problems.ts';
import { lineText, type Line } from './file/line-text.ts';
import { isBlankLine } from './file/lines.ts';
import type { Field, Layout } from './layout.ts';
import { remessaLayouts } from './layouts/remessa-layouts.ts';
import { retornoLayouts } from './layouts/retorno-layouts.ts';

/** A field of a line, with its text as read. */
export interface ExplainedField extends Field {
  readonly text: string;
  /** The amount of a field of money that has digits; null otherwise. */
  readonly centavos: bigint | null;
  /** The day of a date field; null if it is none. */
  readonly date: CalendarDate | null;
}

export interface ExplainedLine {
  readonly line: number;
  /** The first column of 400; the type of 240, or its segment. */
  readonly record: string;
  /** None for a record that the layout does not have. */
  readonly fields: readonly ExplainedField[];
  readonly text: string;
}

export interface ExplainedFile {
  readonly bank: string;
  readonly width: Width;
  readonly kind: FileKind;
  /** True for a bank of 240 columns without a layout here: FEBRABAN's own is shown. */
  readonly isGeneric: boolean;
  readonly lines: readonly ExplainedLine[];
}

/** Names every field of a remessa or retorno of cobrança. A file of a bank without a layout is refused. */
export function explainFile(bytes: Uint8Array): ExplainedFile | FileProblem {
  const detected = detectFile(bytes);
  if ('code' in detected) return detected;
  const { bank, width, kind } = detected;
  const own = layoutOf(bank === '353' ? '033' : bank, detected);
  const layout = own ?? layoutOf('000', detected);
  if (layout === undefined) return { code: 'LAYOUT_UNSUPPORTED', found: `${bank}, ${width.toString()}` };
  const lines = detected.lines
    .filter((raw) => !isBlankLine(bytes, raw))
    .map((raw) => explainLine(lineText(bytes, raw, width), layout, width));
  return { bank, width, kind, isGeneric: own === undefined, lines };
}

function layoutOf(bank: string, { kind, width }: Detected): Layout | undefined {
  return (kind === 'remessa' ? remessaLayouts : retornoLayouts).get(`${bank}/${width.toString()}`);
}

function explainLine({ number, text, columns }: Line, layout: Layout, width: Width): ExplainedLine {
  const keys = width === 400 ? keysOf400(text) : keysOf240(text);
  const table = keys.map((key) => layout.get(key)).find((fields) => fields !== undefined) ?? [];
  const fields = width === 400 && columns === 444 ? withInvoiceKey(table) : table;
  return {
    line: number,
    record: keys.at(-1) ?? '',
    fields: fields.map((field) => explainField(field, text.slice(field.from - 1, field.to))),
    text: text.trimEnd(),
  };
}

function explainField(field: Field, text: string): ExplainedField {
  return {
    ...field,
    text,
    centavos: field.kind === 'V' && isDigits(text) ? BigInt(text) : null,
    date: field.kind === 'D' ? dayOf(text) : null,
  };
}

/** Eight digits are a day in either order: only one of them is on the calendar of bank files. */
function dayOf(text: string): CalendarDate | null {
  return dateOf(text, formOf(text.length)) ?? (text.length === 8 ? dateOf(text, 'AAAAMMDD') : null) ?? null;
}

/** A record with a type of its own behind the first column comes before the one that has none. */
function keysOf400(text: string): readonly string[] {
  return [`${text.charAt(0)}:${text.slice(1, 3)}`, text.charAt(0)];
}

function keysOf240(text: string): readonly string[] {
  const type = text.charAt(7);
  if (type !== '3') return [type];
  const segment = text.charAt(13);
  return [`${segment}${text.slice(17, 19)}`, segment];
}

/** Lines of 444 columns, which Itaú takes beside those of 400, end in the key of the invoice and the number. */
function withInvoiceKey(fields: readonly Field[]): readonly Field[] {
  return [
    ...fields.filter(({ to }) => to <= 394),
    { from: 395, to: 438, kind: 'N', name: 'Chave da NF-e' },
    { from: 439, to: 444, kind: 'N', name: 'Número sequencial do registro' },
  ];
}

import type { FileProblem } from '../file-problems.ts';
import { COLUMNS, FIELDS, REQUIRED_FIELDS, type Field } from '../row/column-table.ts';
import { fieldOf, headerKey, type ColumnMapping, type FieldIndexes, type HeaderMapping } from '../row/fields.ts';
import { continuesStreet, documentKindOf, fieldOfExportTitle, shortTitle } from './titles.ts';

/** More columns than any export has, and few enough for what is told of them to stay small. */
export const COLUMNS_MAX = 200;
/** So many columns that are not read are named; the others are counted. */
const IGNORED_MAX = 20;
/** So many titles are named in a message. */
const NAMED_MAX = 20;
const NAMED_CHARS_MAX = 40;

interface Column {
  readonly header: string;
  readonly index: number;
  /** The meaning of the title by itself. */
  readonly known: Field | undefined;
  /** The meaning of the title in an export; undefined where `known` is undefined. */
  readonly exported: Field | undefined;
}

/** The columns of a field, the first of which is the one of `indexes`; or why it has none. */
type Found = readonly Column[] | FileProblem;

export type ColumnsReading =
  { readonly ok: true; readonly mapping: HeaderMapping } | { readonly ok: false; readonly problem: FileProblem };

/** The fields that a row of titles speaks of, whether or not it can be read. */
export function knownFields(titles: readonly string[], chosen: ColumnMapping | undefined): ReadonlySet<Field> {
  const columns = titledColumns(titles);
  return new Set(FIELDS.filter((field) => !isNone(columnsOf(field, columns, chosen))));
}

/** Which column is which field, by what the uploader says and else by its title. */
export function readColumns(titles: readonly string[], chosen: ColumnMapping | undefined): ColumnsReading {
  const columnCount = titles.findLastIndex((title) => title !== '') + 1;
  if (columnCount > COLUMNS_MAX) return refused('HEADER_TOO_WIDE', tooWide(columnCount));
  const columns = titledColumns(titles);
  const found = FIELDS.map((field) => [field, columnsOf(field, columns, chosen)] as const);

  const problem = found.map(([, each]) => each).find((each) => isProblem(each));
  if (problem !== undefined) return { ok: false, problem };
  const read = found.flatMap(([field, each]) => (isProblem(each) || each.length === 0 ? [] : [[field, each] as const]));
  const missing = REQUIRED_FIELDS.filter((field) => !read.some(([known]) => known === field));
  if (missing.length > 0) return refused('HEADER_MISSING', headerMissing(missing, columns));

  const indexes = Object.fromEntries(read.map(([field, [first]]) => [field, first?.index])) as FieldIndexes;
  const further = read.flatMap(([field, [, ...rest]]) => (rest.length > 0 ? [[field, indexesOf(rest)] as const] : []));
  const taken = new Map(read.flatMap(([field, each]) => each.map(({ index }) => [index, field] as const)));
  const ignored = columns.filter(({ index }) => !taken.has(index));
  const mapping: HeaderMapping = {
    indexes,
    ...(further.length > 0 ? { further: Object.fromEntries(further) } : {}),
    columns: columns.flatMap((column) => {
      const field = taken.get(column.index);
      return field === undefined ? [] : [{ field, header: column.header, index: column.index }];
    }),
    ignored: ignored.slice(0, IGNORED_MAX).map(({ header, index }) => ({ header, index })),
    ignoredCount: ignored.length,
    columnCount,
    // When a file has two document columns, either may be filled, and the first may stand alone.
    cellsMin: Math.max(...REQUIRED_FIELDS.map((field) => indexes[field])) + 1,
  };
  return { ok: true, mapping };
}

function titledColumns(titles: readonly string[]): readonly Column[] {
  return titles.flatMap((title, index) => {
    if (title === '') return [];
    const header = shortTitle(title);
    const known = fieldOf(header);
    return [{ header, index, known, exported: known === undefined ? fieldOfExportTitle(header) : undefined }];
  });
}

function columnsOf(field: Field, columns: readonly Column[], chosen: ColumnMapping | undefined): Found {
  const titles = chosen?.[field];
  if (titles !== undefined) return chosenColumns(field, titles, columns);
  // A column that the uploader gives to one field is no other's, whatever its title.
  const given = new Set(Object.values(chosen ?? {}).flatMap((each) => each.map((title) => titleKey(title))));
  const free = given.size === 0 ? columns : columns.filter(({ header }) => !given.has(titleKey(header)));
  const known = free.filter((column) => column.known === field);
  if (field === 'governmentId') return documentColumns(free, known);
  const named = known.length > 0 ? known : free.filter(({ exported }) => exported === field);
  if (field === 'street') return named.flatMap((column) => [column, ...streetBehind(column, free)]);
  return named.length > 1 && !isAddress(field) ? headerAmbiguous(field, named) : named;
}

/** The columns of these titles, in this order. A street without its column is no reason to refuse a debt. */
function chosenColumns(field: Field, titles: readonly string[], columns: readonly Column[]): Found {
  const found: Column[] = [];
  for (const title of titles) {
    const exact = columns.filter(({ header }) => header === title);
    const alike = exact.length > 0 ? exact : columns.filter(({ header }) => titleKey(header) === titleKey(title));
    if (alike.length > 1) return headerAmbiguous(field, alike);
    const [column] = alike;
    if (column !== undefined) found.push(column);
    else if (!isAddress(field)) return { code: 'HEADER_MISSING', message: notFound(field, title, columns) };
  }
  return found;
}

/** One column for any document, or one for each kind: then a row fills either. */
function documentColumns(free: readonly Column[], known: readonly Column[]): Found {
  const exported = free.filter((column) => column.exported === 'governmentId');
  const [first, ...rest] = known.length > 0 ? known : exported;
  if (first === undefined) return [];
  const kind = documentKindOf(first.header);
  const others = rest.length > 0 || known.length === 0 ? rest : exported;
  const pair = others.filter(({ header }) => {
    const other = documentKindOf(header);
    return kind !== 'any' && other !== 'any' && other !== kind;
  });
  if (pair.length === 1 && rest.length <= 1) return [first, ...pair];
  return rest.length > 0 ? headerAmbiguous('governmentId', [first, ...rest]) : [first];
}

/** Number and complement, as they stand behind the street. */
function streetBehind(street: Column, columns: readonly Column[]): readonly Column[] {
  const parts: Column[] = [];
  for (let index = street.index + 1; ; index++) {
    const next = columns.find((column) => column.index === index);
    if (next === undefined || !continuesStreet(next.header)) return parts;
    parts.push(next);
  }
}

function isAddress(field: Field): boolean {
  return !COLUMNS[field].required;
}

/** Titles that are no more than marks (`R$`, `#`) are compared as they stand. */
function titleKey(title: string): string {
  const key = headerKey(title);
  return key === '' ? title : key;
}

function isProblem(found: Found): found is FileProblem {
  return 'code' in found;
}

function isNone(found: Found): boolean {
  return isProblem(found) ? found.code === 'HEADER_MISSING' : found.length === 0;
}

function indexesOf(columns: readonly Column[]): readonly number[] {
  return columns.map(({ index }) => index);
}

function refused(code: FileProblem['code'], message: string): ColumnsReading {
  return { ok: false, problem: { code, message } };
}

function namesOf(columns: readonly Column[]): readonly string[] {
  return columns.slice(0, NAMED_MAX).map(({ header }) => `"${header.slice(0, NAMED_CHARS_MAX)}"`);
}

function headerMissing(missing: readonly Field[], columns: readonly Column[]): string {
  const lacks = missing.length === 1 ? 'Falta no cabeçalho a coluna' : 'Faltam no cabeçalho as colunas';
  return `${lacks} ${missing.join(', ')}. Colunas encontradas: ${namesOf(columns).join(', ')}. Ponha os títulos das colunas na primeira linha do arquivo, ou envie em mapping o título que cada uma tem.`;
}

function notFound(field: Field, title: string, columns: readonly Column[]): string {
  return `A coluna "${title.slice(0, NAMED_CHARS_MAX)}", que mapping dá para ${field}, não está no cabeçalho. Colunas encontradas: ${namesOf(columns).join(', ')}. Corrija o mapping, ou envie mapping={} para usar os títulos conhecidos.`;
}

function headerAmbiguous(field: Field, columns: readonly Column[]): FileProblem {
  const message = `Mais de uma coluna serve para ${field}: ${namesOf(columns).join(' e ')}. Deixe só uma, mude o título das outras ou diga em mapping qual é.`;
  return { code: 'HEADER_AMBIGUOUS', message };
}

function tooWide(columnCount: number): string {
  return `O cabeçalho tem ${columnCount.toString()} colunas e o máximo é ${COLUMNS_MAX.toString()}. Apague as que não são precisas e envie de novo.`;
}

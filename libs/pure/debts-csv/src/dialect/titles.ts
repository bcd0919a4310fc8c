import { COLUMNS, FIELDS, titlesOf, type Field } from '../row/column-table.ts';
import { fieldOf, headerKey } from '../row/fields.ts';

/** The longest title that is looked at, kept and shown. */
export const TITLE_CHARS_MAX = 100;

/** Remarks in brackets that add no meaning to a title, in the form of headerKey(): units, forms, `do(a)`. */
const REMARKS = new Set(
  'a o r rs brl reais emreais emr ddmmaaaa ddmmyyyy aaaammdd yyyymmdd obrigatorio somentenumeros sonumeros'.split(' '),
);

/** Short forms, at the beginning of a title and only in front of more. */
const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['n', 'numero'],
  ['no', 'numero'],
  ['nr', 'numero'],
  ['nro', 'numero'],
  ['num', 'numero'],
  ['vl', 'valor'],
  ['vlr', 'valor'],
  ['dt', 'data'],
  ['cod', 'codigo'],
]);

/**
 * Words for the debtor in a title such as "nome do sacado". Words for other parties (vendedor, sacador, cedente) are
 * left out.
 */
const DEBTORS = new Set(['pagador', 'sacado', 'cliente', 'devedor']);
const PREPOSITIONS = new Set(['do', 'da', 'de']);
const FIELD_BY_EXPORT_TITLE = new Map(
  FIELDS.flatMap((field) => titlesOf(field).exported.map((title) => [headerKey(title), field] as const)),
);

/** Titles of a column that continues the street of the column before it. */
const STREET_CONTINUED = new Set(
  (
    'n no nr nro num numero numeroendereco numerodoendereco complemento compl complementoendereco ' +
    'complementodoendereco'
  ).split(' '),
);

/** A title as it is compared and shown. */
export function shortTitle(title: string): string {
  return title.slice(0, TITLE_CHARS_MAX);
}

/**
 * The field that a title of a bank's or an ERP's export means: `Valor (R$)`, `CPF do Pagador`, `Nº do Título`,
 * `Nome / Razão Social`. Undefined for all that is only alike: `Valor pago`, `CPF do vendedor`.
 */
export function fieldOfExportTitle(title: string): Field | undefined {
  const parts = wordsOf(title)
    .map((words) => words.join(' '))
    .filter((part) => part !== '');
  const whole = FIELD_BY_EXPORT_TITLE.get(headerKey(shortTitle(title)));
  if (whole !== undefined) return whole;
  const fields = new Set(parts.map((part) => fieldOfWords(part.split(' '))));
  const [field] = fields;
  return fields.size === 1 ? field : undefined;
}

/** Which document a column holds: a file may have one for each. */
export function documentKindOf(title: string): 'cpf' | 'cnpj' | 'any' {
  const key = headerKey(title);
  const [isCpf, isCnpj] = [key.includes('cpf'), key.includes('cnpj')];
  if (isCpf === isCnpj) return 'any';
  return isCpf ? 'cpf' : 'cnpj';
}

/** True if a column goes on with the street of the one before it: number, complement. */
export function continuesStreet(title: string): boolean {
  return STREET_CONTINUED.has(headerKey(title.replaceAll(/[º°ª]/g, '')));
}

/** The words of a title, of each of its alternatives: `CPF / CNPJ` and `CPF ou CNPJ` have two. */
function wordsOf(title: string): readonly (readonly string[])[] {
  const text = shortTitle(title)
    .replaceAll(/[([][^()[\]]*[)\]]/g, (remark) => (REMARKS.has(headerKey(remark)) ? ' ' : remark))
    .replaceAll('№', 'N ')
    .replaceAll(/[º°ª]/g, ' ')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('r$', ' ');
  return text.split(/\/| ou /).map((part) => {
    const words = part.split(/[^a-z0-9]+/).filter((word) => word !== '');
    const plain = words.at(-1) === 'reais' && words.at(-2) === 'em' ? words.slice(0, -2) : words;
    return plain.at(-1) === 'em' ? plain.slice(0, -1) : plain;
  });
}

function fieldOfWords([first = '', ...rest]: readonly string[]): Field | undefined {
  const words = [rest.length > 0 ? (SHORT_FORMS.get(first) ?? first) : first, ...rest];
  const field = fieldOfKey(words);
  if (field !== undefined || !DEBTORS.has(words.at(-1) ?? '')) return field;
  const base = words.slice(0, PREPOSITIONS.has(words.at(-2) ?? '') ? -2 : -1);
  const ofPerson = fieldOfKey(base);
  // `Código do cliente` is not the id of a debt, and `valor do cliente` is not an amount that the client owes.
  return ofPerson !== undefined && COLUMNS[ofPerson].isOfPerson ? ofPerson : undefined;
}

function fieldOfKey(words: readonly string[]): Field | undefined {
  const key = words.join('');
  return fieldOf(key) ?? FIELD_BY_EXPORT_TITLE.get(key);
}

import type { CalendarDate } from '#calendar';
import type { Centavos } from '#money';
import { columnProblem, hasColumns } from '../dialect/column-count.ts';
import { addressText, cellsOf, onlyDocument } from '../dialect/several-columns.ts';
import { totalsProblem } from '../records/totals-row.ts';
import { problem, type Problem } from '../rejections.ts';
import {
  ADDRESS_FIELDS,
  COLUMNS,
  FIELDS,
  REQUIRED_FIELDS,
  type AddressField,
  type BoundedField,
  type Field,
  type RequiredField,
} from './column-table.ts';
import { isErrorWord, isScientificNotation } from './damage.ts';
import { isEmail } from './email.ts';
import type { HeaderMapping } from './fields.ts';
import { hasLink } from './link.ts';
import { parseAmount } from './parse-amount.ts';
import { parseDueDate } from './parse-due-date.ts';
import { failed, type Failed, type Parsed } from './parsed.ts';
import { parsePayerDocument, type PayerDocument } from './payer-document.ts';
import type { Profile } from './profile.ts';
import type { RowContext } from './row-context.ts';
import { hasControls, normaliseId, onOneLine, trimCell, withoutApostrophe } from './text.ts';

/** The longest cell that is looked at: no field needs more, and what a rule does with a cell then costs little. */
const CELL_CHARS_MAX = 4_096;

/**
 * An address as the file has it, trimmed. The state is upper-case and a CEP has eight digits where they are recognised.
 */
export type Address = { readonly [F in AddressField]?: string };

/** A row that can become a debt. */
export interface ParsedRow {
  readonly name: string;
  /** Normalised: no punctuation, upper case. */
  readonly document: string;
  /** 'other' only under lenient: a number that is neither a CPF nor a CNPJ. */
  readonly documentKind: PayerDocument['kind'];
  readonly email: string;
  readonly amount: Centavos;
  readonly dueDate: CalendarDate;
  readonly debtId: string;
  /** Only the columns that the file has and the row fills; undefined if there is none. */
  readonly address: Address | undefined;
}

export type RowResult =
  | { readonly ok: true; readonly row: ParsedRow }
  | {
      readonly ok: false;
      /** At least one, in the order of the fields. */
      readonly problems: readonly Problem[];
    };

const CONTROLS_MESSAGE = 'O campo tem caracteres de controle. Digite o texto de novo.';
const NAME_LINK_MESSAGE = 'O nome contém um endereço de internet. Informe só o nome do devedor.';
const DEBT_ID_LINK_MESSAGE = 'O identificador contém um endereço de internet. Informe só o código da dívida.';
const DEBT_ID_ERROR_WORD_MESSAGE = 'No lugar do identificador há um erro da planilha. Informe o código da dívida.';
const DEBT_ID_SCIENTIFIC_MESSAGE =
  'A planilha trocou o identificador por notação científica e apagou dígitos. Formate a coluna como texto na planilha de origem e exporte de novo.';

type Parser = (cell: string, context: RowContext, cells: readonly string[]) => Parsed<unknown>;

/** How the cell of each required column is read: a column without a parser does not compile. */
const PARSERS = {
  name: (cell) => parseName(cell),
  governmentId: (_, { mapping, profile }, cells) => parseOnlyDocument(cellsOf(cells, mapping, 'governmentId'), profile),
  email: (cell) => parseEmail(cell),
  debtAmount: (cell, context) => parseAmount(cell, context),
  debtDueDate: (cell, context) => parseDueDate(cell, context),
  debtId: (cell) => parseDebtId(cell),
} as const satisfies Readonly<Record<RequiredField, Parser>>;

/**
 * Reads the cells of one row. It reports every problem at once, so that the customer corrects the file once; only a
 * wrong number of columns is reported alone, since no cell can then be trusted to be what its column says.
 */
export function validateRow(cells: readonly string[], context: RowContext): RowResult {
  const { mapping } = context;
  if (!hasColumns(cells, mapping)) {
    return { ok: false, problems: [totalsProblem(cells, mapping) ?? columnProblem(cells, context)] };
  }
  const cell = (field: RequiredField): string => cells[mapping.indexes[field]] ?? '';
  const tooLong = tooLongCells(cells, mapping);
  if (tooLong.length > 0) return { ok: false, problems: tooLong };
  const name = PARSERS.name(cell('name'));
  const document = PARSERS.governmentId(cell('governmentId'), context, cells);
  const email = PARSERS.email(cell('email'));
  const amount = PARSERS.debtAmount(cell('debtAmount'), context);
  const dueDate = PARSERS.debtDueDate(cell('debtDueDate'), context);
  const debtId = PARSERS.debtId(cell('debtId'));
  const address = parseAddress(mapping, cells);
  if (
    'value' in name &&
    'value' in document &&
    'value' in email &&
    'value' in amount &&
    'value' in dueDate &&
    'value' in debtId &&
    'value' in address
  ) {
    const row = {
      name: name.value,
      document: document.value.document,
      documentKind: document.value.kind,
      email: email.value,
      amount: amount.value,
      dueDate: dueDate.value,
      debtId: debtId.value,
      address: address.value,
    };
    return { ok: true, row };
  }
  const parsed = [name, document, email, amount, dueDate, debtId, address];
  const totals = totalsProblem(cells, mapping);
  if (totals !== undefined) return { ok: false, problems: [totals] };
  return { ok: false, problems: parsed.flatMap((each) => ('problems' in each ? each.problems : [])) };
}

/** The cells that no rule looks at: a problem with each, and no other of the row. */
function tooLongCells(cells: readonly string[], mapping: HeaderMapping): readonly Problem[] {
  const problems: Problem[] = [];
  for (const field of FIELDS) {
    const cell = cellsOf(cells, mapping, field).find((each) => each.length > CELL_CHARS_MAX);
    if (cell !== undefined) problems.push(tooLongProblem(field, cell, cell.length, CELL_CHARS_MAX));
  }
  return problems;
}

function tooLongProblem(field: Field, cell: string, found: number, max: number): Problem {
  const message = `O campo tem ${found.toString()} caracteres e o máximo é ${max.toString()}. Abrevie o texto; se ele contém outras linhas do arquivo, feche as aspas que faltam.`;
  return problem(field, 'FIELD_TOO_LONG', cell, message);
}

/** The rules all texts share; undefined if they are kept. */
function textProblem(field: BoundedField, text: string, cell: string): Failed | undefined {
  if (hasControls(text)) {
    return failed(field, 'TEXT_INVALID', cell, CONTROLS_MESSAGE);
  }
  const max: number = COLUMNS[field].charsMax;
  if (text.length <= max) return undefined;
  return { problems: [tooLongProblem(field, cell, text.length, max)] };
}

function parseName(cell: string): Parsed<string> {
  const name = onOneLine(trimCell(cell));
  if (name === '') return failed('name', 'NAME_MISSING', cell, 'Falta o nome do devedor. Informe-o.');
  const wrong = textProblem('name', name, cell);
  if (wrong !== undefined) return wrong;
  if (isErrorWord(name)) {
    return failed('name', 'NAME_INVALID', cell, 'No lugar do nome há um erro da planilha. Informe o nome do devedor.');
  }
  return hasLink(name) ? failed('name', 'NAME_INVALID', cell, NAME_LINK_MESSAGE) : { value: name };
}

function parseOnlyDocument(cells: readonly string[], profile: Profile): ReturnType<typeof parsePayerDocument> {
  const cell = onlyDocument(cells);
  if (cell !== undefined) return parsePayerDocument(cell, profile);
  const message = 'A linha tem dois documentos diferentes. Deixe só o CPF ou o CNPJ de quem deve.';
  return failed('governmentId', 'DOCUMENT_INVALID', cells.join(' '), message);
}

function parseEmail(cell: string): Parsed<string> {
  const email = withoutApostrophe(trimCell(cell));
  if (email === '') return failed('email', 'EMAIL_INVALID', cell, 'Falta o e-mail do devedor. Informe um endereço.');
  if (isErrorWord(email)) {
    return failed('email', 'EMAIL_INVALID', cell, 'No lugar do e-mail há um erro da planilha. Informe um endereço.');
  }
  const wrong = textProblem('email', email, cell);
  if (wrong !== undefined) return wrong;
  if (isEmail(email)) return { value: email };
  const message = 'Não é um endereço de e-mail. Informe um só, como nome@exemplo.com.br, sem acentos nem espaços.';
  return failed('email', 'EMAIL_INVALID', cell, message);
}

function parseDebtId(cell: string): Parsed<string> {
  const text = withoutApostrophe(trimCell(cell));
  const debtId = normaliseId(cell);
  if (debtId === '') {
    return failed('debtId', 'DEBT_ID_MISSING', cell, 'Falta o identificador da dívida, que deve ser único. Informe-o.');
  }
  // Unlike in a name, a tab or line end inside an identifier is not just untidy: it makes two of what looks like one.
  if (/[\t\r\n]/.test(text)) {
    return failed('debtId', 'TEXT_INVALID', cell, 'O identificador tem uma quebra de linha ou tabulação. Retire-a.');
  }
  // Before they went, some of the invisible characters showed the id in another direction.
  if (hasControls(text)) return failed('debtId', 'TEXT_INVALID', cell, CONTROLS_MESSAGE);
  const wrong = textProblem('debtId', debtId, cell);
  if (wrong !== undefined) return wrong;
  if (isErrorWord(debtId)) return failed('debtId', 'DEBT_ID_INVALID', cell, DEBT_ID_ERROR_WORD_MESSAGE);
  if (isScientificNotation(debtId)) return failed('debtId', 'DEBT_ID_INVALID', cell, DEBT_ID_SCIENTIFIC_MESSAGE);
  return hasLink(debtId) ? failed('debtId', 'DEBT_ID_INVALID', cell, DEBT_ID_LINK_MESSAGE) : { value: debtId };
}

const NO_ADDRESS: Parsed<undefined> = { value: undefined };

function parseAddress(mapping: HeaderMapping, cells: readonly string[]): Parsed<Address | undefined> {
  if (mapping.columns.length === REQUIRED_FIELDS.length) return NO_ADDRESS;
  const problems: Problem[] = [];
  const address: Partial<Record<AddressField, string>> = {};
  for (const field of ADDRESS_FIELDS) {
    if (mapping.indexes[field] === undefined) continue;
    const parts = cellsOf(cells, mapping, field);
    const text = addressText(parts, field, COLUMNS[field].charsMax);
    const wrong = textProblem(field, text, parts.join(' '));
    if (wrong !== undefined) problems.push(...wrong.problems);
    else if (text !== '') address[field] = tidyAddress(field, text);
  }
  if (problems.length > 0) return { problems };
  return { value: Object.keys(address).length === 0 ? undefined : address };
}

/** Tidied where it is plain what is meant; nothing of an address is a reason to refuse a debt, so all else stays. */
function tidyAddress(field: AddressField, text: string): string {
  if (field === 'state' && /^[a-z]{2}$/i.test(text)) return text.toUpperCase();
  if (field === 'postalCode' && /^'?\d{2}\.?\d{3}-?\d{3}$/.test(text)) return text.replaceAll(/\D/g, '');
  return text;
}

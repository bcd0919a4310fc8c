import { EMAIL_CHARS_MAX } from './email.ts';

/**
 * One column of the CSV. docs/csv.md, the fields, the limits and the known titles come from here; its parser is in
 * row.ts.
 */
interface Column {
  /** False for a part of the debtor's address. */
  readonly required: boolean;
  /** The content of a cell, for docs/csv.md. */
  readonly content: string;
  /** The longest text, in UTF-16 units after trimming; undefined where the parser bounds it. */
  readonly charsMax?: number;
  /** Titles beside the field's own name, as people write them; headerKey() compares them. */
  readonly titles: string;
  /** Titles of banks' and ERPs' exports. They count only in a file that has none of the titles above for the field. */
  readonly exportTitles: string;
  /** True if a title may end with the person: `CPF do pagador`. */
  readonly isOfPerson: boolean;
}

export const COLUMNS = {
  name: {
    required: true,
    content: 'the debtor’s name',
    charsMax: 120,
    titles:
      'full name, debtor, debtor name, customer, customer name, nome, nome completo, cliente, nome cliente, ' +
      'nome do cliente, devedor, nome devedor, nome do devedor, pagador, nome pagador, nome do pagador, sacado, razão social',
    exportTitles: 'razão social / nome, nome / razão social',
    isOfPerson: true,
  },
  governmentId: {
    required: true,
    content: 'CPF or CNPJ, with or without punctuation',
    titles: 'document, tax id, cpf, cnpj, cpf/cnpj, cnpj/cpf, cpf ou cnpj, documento',
    exportTitles: 'documento (cpf/cnpj), documento (cpf ou cnpj)',
    isOfPerson: true,
  },
  email: {
    required: true,
    content: 'one address',
    charsMax: EMAIL_CHARS_MAX,
    titles:
      'email address, e-mail, mail, email cliente, email do cliente, email devedor, email do devedor, correio eletrônico',
    exportTitles: 'e-mail cobrança, e-mail de cobrança, e-mail para cobrança, endereço de e-mail',
    isOfPerson: true,
  },
  debtAmount: {
    required: true,
    content: 'reais, at most two decimals, with or without `R$` in front',
    titles:
      'amount, valor, valor dívida, valor da dívida, valor débito, valor do débito, valor boleto, valor título, valor original',
    exportTitles:
      'valor nominal, valor do título, valor do boleto, valor documento, valor do documento, valor fatura, ' +
      'valor da fatura, valor parcela, valor da parcela, valor cobrança, valor da cobrança',
    isOfPerson: false,
  },
  debtDueDate: {
    required: true,
    content: '`2026-12-31` or `31/12/2026`, see below',
    titles: 'due date, vencimento, data vencimento, data de vencimento, dt vencimento, data venc, dt venc',
    exportTitles:
      'venc, vencto, vcto, vencimento título, vencimento do título, vencimento boleto, vencimento do boleto, ' +
      'vencimento fatura, vencimento da fatura, vencimento parcela, vencimento da parcela, data vencto, data de vencto, ' +
      'data vcto, data do vencimento',
    isOfPerson: false,
  },
  debtId: {
    required: true,
    content: 'your own id of the debt',
    charsMax: 120,
    titles:
      'id, id dívida, id da dívida, id débito, código, código dívida, código da dívida, código débito, fatura, ' +
      'número fatura, número da fatura, título, número título, invoice, invoice id',
    exportTitles:
      'seu número, número do título, código título, código do título, id título, id do título, código fatura, ' +
      'código da fatura, id fatura, id da fatura, número cobrança, número da cobrança, código cobrança, ' +
      'código da cobrança, id cobrança, id da cobrança, número dívida, número da dívida, número débito, ' +
      'número do débito, código do débito, id do débito',
    isOfPerson: false,
  },
  street: {
    required: false,
    content: 'street, number and complement',
    charsMax: 120,
    titles: 'address, street address, endereço, logradouro, rua',
    exportTitles: 'endereço completo',
    isOfPerson: true,
  },
  district: {
    required: false,
    content: 'bairro',
    charsMax: 60,
    titles: 'neighborhood, neighbourhood, bairro',
    exportTitles: '',
    isOfPerson: true,
  },
  city: {
    required: false,
    content: 'city',
    charsMax: 60,
    titles: 'cidade, município',
    exportTitles: '',
    isOfPerson: true,
  },
  state: {
    required: false,
    content: 'UF; two letters are made capitals',
    charsMax: 40,
    titles: 'uf, estado',
    exportTitles: '',
    isOfPerson: true,
  },
  postalCode: {
    required: false,
    content: 'a CEP becomes eight digits',
    charsMax: 20,
    titles: 'post code, zip, zip code, cep, código postal',
    exportTitles: '',
    isOfPerson: true,
  },
} as const satisfies Record<string, Column>;

type Columns = typeof COLUMNS;

export type Field = keyof Columns;
/** Fields whose column every file must have. */
export type RequiredField = { [F in Field]: Columns[F]['required'] extends true ? F : never }[Field];
/** Fields of the debtor's address, which a bank's registration of boletos asks for. */
export type AddressField = Exclude<Field, RequiredField>;
/** Fields that have a longest text. */
export type BoundedField = { [F in Field]: Columns[F] extends { readonly charsMax: number } ? F : never }[Field];

export const FIELDS = Object.keys(COLUMNS) as readonly Field[];
export const REQUIRED_FIELDS = FIELDS.filter((field): field is RequiredField => COLUMNS[field].required);
export const ADDRESS_FIELDS = FIELDS.filter((field): field is AddressField => !COLUMNS[field].required);

/** The header of a file that has the required columns and no other. */
export const CSV_HEADER = REQUIRED_FIELDS.join(',');

/** The titles of a field as people write them: those that always count, and those that count in an export. */
export function titlesOf(field: Field): { readonly known: readonly string[]; readonly exported: readonly string[] } {
  const { titles, exportTitles } = COLUMNS[field];
  return { known: [field, ...listOf(titles)], exported: listOf(exportTitles) };
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(', ');
}

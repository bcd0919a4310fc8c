import { cutForReport } from './dialect/encoding.ts';
import type { Flaw } from './records/scan.ts';
import type { Field } from './row/column-table.ts';

interface Rejection {
  /** The field that is wrong: one of them, any of them, or the row as a whole, which then has no other problem. */
  readonly about: Field | 'any' | 'row';
  /** The meaning, in both languages. The message of a problem says more: what was found, and what to do. */
  readonly pt: string;
  readonly en: string;
  /** A cell or row that is rejected so under `strict` in a file with decimal points, in Markdown. */
  readonly example: string;
  /** The step that the sender of the file can take. */
  readonly fix: string;
}

/** Every reason for a rejection. docs/csv.md's tables are generated from it. The codes are stored: never reuse one. */
export const REJECTIONS = {
  COLUMN_COUNT: {
    about: 'row',
    pt: 'A linha tem colunas de menos ou de mais.',
    en: 'The row ends before its last required cell, or has text beyond the last title.',
    example: 'an amount written `80,00` in a `,` file',
    fix: 'add the missing cells, quote the ones with a separator, or use one separator in the whole file',
  },
  TOTALS_ROW: {
    about: 'row',
    pt: 'A linha é um total da planilha, e não uma dívida.',
    en: 'A cell says total, and there is neither document nor e-mail: nothing is wrong, and nothing was billed.',
    example: '`Total,,,1234.56,,`',
    fix: 'nothing, or remove the row',
  },
  QUOTE_INVALID: {
    about: 'row',
    pt: 'Aspas abertas e não fechadas, texto depois das aspas que fecham um campo, ou um campo com outra linha dentro.',
    en: 'A quote is never closed, text follows a closing quote, or a cell holds another row.',
    example: '`"Bar do "Zé"",…`',
    fix: 'remove the quote, or double those inside a quoted cell',
  },
  RECORD_TOO_LONG: {
    about: 'row',
    pt: 'A linha passa de 65.536 bytes.',
    en: 'The row exceeds 65,536 bytes.',
    example: 'a file whose line ends were lost',
    fix: 'put the line ends back, or close the quote',
  },
  ENCODING_INVALID: {
    about: 'row',
    pt: 'A linha tem bytes que não existem na codificação com que o arquivo foi lido.',
    en: "The row has bytes that do not exist in the file's encoding, or letters that show another encoding.",
    example: 'one row of Windows-1252 in a UTF-8 file',
    fix: 'save the whole file in one encoding, best UTF-8, or say `encoding`',
  },
  ROW_TOO_SLOW: {
    about: 'row',
    pt: 'A linha não pôde ser lida em um segundo.',
    en: 'Our rules took more than a second over the row, which is our fault; no other row waits for it.',
    example: 'none is known',
    fix: 'look at its texts, send it again, and tell the support',
  },
  TEXT_INVALID: {
    about: 'any',
    pt: 'O campo tem caracteres de controle.',
    en: 'The field has control characters, or characters that reverse the direction of writing; in an id also a tab or line end.',
    example: 'a name with a bell',
    fix: 'type the text again',
  },
  FIELD_TOO_LONG: {
    about: 'any',
    pt: 'O campo passa do tamanho máximo.',
    en: 'The field exceeds its maximum length, see [Columns](#columns).',
    example: 'a name of 121 letters',
    fix: 'shorten it; if it holds other rows, close the quote',
  },
  NAME_MISSING: {
    about: 'name',
    pt: 'Falta o nome do devedor.',
    en: "The debtor's name is missing.",
    example: 'an empty cell',
    fix: 'write the debtor’s name',
  },
  NAME_INVALID: {
    about: 'name',
    pt: 'No lugar do nome há um erro da planilha, ou o nome contém um endereço de internet.',
    en: 'The name is an error word of a spreadsheet, or contains an internet address.',
    example: '`#N/D`',
    fix: 'write the name alone, without address or error word',
  },
  DOCUMENT_INVALID: {
    about: 'governmentId',
    pt: 'O documento não é um CPF nem um CNPJ válido (perfil lenient: não é um número de 1 a 14 dígitos).',
    en: 'The document is neither a valid CPF nor a valid CNPJ (profile lenient: not a number of 1 to 14 digits); the message says why.',
    example: '`529.982.247-26`',
    fix: 'ask the debtor for it; if digits were lost, format the column as text and export again',
  },
  EMAIL_INVALID: {
    about: 'email',
    pt: 'O e-mail falta ou não é um endereço válido.',
    en: 'The e-mail is missing, not a valid address, or more than one address.',
    example: '`maria.example.com`',
    fix: 'write one address, without accents or spaces',
  },
  AMOUNT_INVALID: {
    about: 'debtAmount',
    pt: 'O valor falta, não é um número em reais com até dois decimais, ou é ambíguo.',
    en: 'The amount is missing, not a number of reais with at most two decimals, or ambiguous.',
    example: '`12.345`',
    fix: 'write reais and centavos as the other rows do, or say `decimal`',
  },
  AMOUNT_NOT_POSITIVE: {
    about: 'debtAmount',
    pt: 'O valor é zero ou negativo.',
    en: 'The amount is zero or negative.',
    example: '`0.00`',
    fix: 'correct it, or remove the row',
  },
  AMOUNT_TOO_LARGE: {
    about: 'debtAmount',
    pt: 'O valor não cabe em um boleto.',
    en: "The amount exceeds what a boleto of the issuer's bank can carry, R$ 99.999.999,99 for most.",
    example: '`100000000.00`',
    fix: 'correct it, or divide the debt',
  },
  DUE_DATE_INVALID: {
    about: 'debtDueDate',
    pt: 'O vencimento falta ou não é uma data que existe.',
    en: 'The due date is missing, does not exist, or is ambiguous.',
    example: '`2027-02-30`',
    fix: 'write `2026-12-31`, or say `date`',
  },
  DUE_DATE_PAST: {
    about: 'debtDueDate',
    pt: 'O vencimento já passou (perfil lenient: é anterior a 03/07/2000).',
    en: 'The due date is past (profile lenient: before 2000-07-03).',
    example: '`2020-01-31`',
    fix: 'agree on a new day, or send the file as `lenient`',
  },
  DUE_DATE_TOO_FAR: {
    about: 'debtDueDate',
    pt: 'O vencimento está a mais de 5.500 dias de hoje.',
    en: 'The due date is more than 5,500 days ahead: readers of the barcode would take it for a day of the past.',
    example: '`2099-12-31`',
    fix: 'correct it',
  },
  DEBT_ID_MISSING: {
    about: 'debtId',
    pt: 'Falta o identificador da dívida.',
    en: 'The debt id is missing.',
    example: 'an empty cell',
    fix: 'give the debt an id',
  },
  DEBT_ID_INVALID: {
    about: 'debtId',
    pt: 'No lugar do identificador há um erro da planilha ou notação científica, ou ele contém um endereço de internet.',
    en: 'The debt id is an error word or scientific notation of a spreadsheet, or contains an internet address.',
    example: '`2,02611E+11`',
    fix: 'format the column as text and export again, without addresses',
  },
  DEBT_ID_CONFLICT: {
    about: 'debtId',
    pt: 'O identificador já foi usado por uma dívida com outro devedor, valor ou vencimento.',
    en: 'The debt id already belongs to a debt with another debtor, amount or due date.',
    example: 'see [Duplicates](#duplicates)',
    fix: 'give each debt an id of its own',
  },
} as const satisfies Record<string, Rejection>;

export type RejectionCode = keyof typeof REJECTIONS;

export const REJECTION_CODES = Object.keys(REJECTIONS) as readonly RejectionCode[];

/** The characters of a bad cell that are kept with its problem. */
const VALUE_CHARS_MAX = 200;

/** One reason why a row cannot become a debt. Stored as JSON and shown to the customer. */
export interface Problem {
  /** 'row' when it is not about one cell. */
  readonly field: Field | 'row';
  readonly code: RejectionCode;
  /** The cell as the file has it, at most VALUE_CHARS_MAX characters. */
  readonly value: string;
  /** In Portuguese, for the one who corrects the file: what is wrong and what to do. */
  readonly message: string;
}

/** A problem with a cell; safe to store as PostgreSQL text or jsonb. */
export function problem(field: Problem['field'], code: RejectionCode, value: string, message: string): Problem {
  return { field, code, value: cutForReport(value, VALUE_CHARS_MAX), message };
}

const RECORD_MESSAGES = {
  QUOTE_INVALID:
    'Aspas sem fechar, ou fechadas no lugar errado. Apague as que sobram. As que fazem parte do texto vêm dobradas (""), e o campo inteiro entre aspas.',
  RECORD_TOO_LONG:
    'A linha passa de 65.536 bytes. Verifique se faltam quebras de linha ou se há aspas sem fechar, e corrija-as.',
  ENCODING_INVALID:
    'A linha tem bytes que não existem na codificação com que o arquivo foi lido. Envie-o de novo informando a codificação (encoding), ou salve-o em UTF-8.',
} as const;

const FLAW_CODES = {
  malformed: 'QUOTE_INVALID',
  tooLong: 'RECORD_TOO_LONG',
  encoding: 'ENCODING_INVALID',
} as const satisfies Record<Flaw | 'encoding', RejectionCode>;

/** The problem of a record that could not even be cut into cells; `raw` as decodeForReport gives it. */
export function flawProblem(flaw: Flaw | 'encoding', raw: string): Problem {
  const code = FLAW_CODES[flaw];
  return problem('row', code, raw, RECORD_MESSAGES[code]);
}

/** The problem of a row that our rules could not finish in time, which is our fault. */
export function guiltyRowProblem(line: number): Problem {
  const message =
    'A leitura desta linha passou de um segundo e foi interrompida. Confira os textos dela, envie-a de novo e avise o suporte.';
  return problem('row', 'ROW_TOO_SLOW', line.toString(), message);
}

/** The problem of a row whose debt id is known with other terms; only the database can tell. */
export function conflictProblem(debtId: string): Problem {
  const message =
    'Este identificador já foi usado por uma dívida com outro devedor, valor ou vencimento. Dê a cada dívida um identificador só dela.';
  return problem('debtId', 'DEBT_ID_CONFLICT', debtId, message);
}

import { cutForReport } from './dialect/encoding.ts';
import type { Field } from './row/fields.ts';
import type { Flaw } from './records/scan.ts';

/** What each reason for a rejection means, for documentation and for people. The codes are stored: never reuse one. */
export const REJECTIONS = {
  COLUMN_COUNT: {
    pt: 'A linha tem colunas de menos ou de mais.',
    en: 'The row has too few or too many columns.',
  },
  TOTALS_ROW: {
    pt: 'A linha é um total da planilha, e não uma dívida.',
    en: 'The row sums up others and is no debt.',
  },
  QUOTE_INVALID: {
    pt: 'Aspas abertas e não fechadas, texto depois das aspas que fecham um campo, ou um campo com outra linha dentro.',
    en: 'A quote is never closed, text follows the quote that closes a field, or a field holds another row.',
  },
  RECORD_TOO_LONG: {
    pt: 'A linha passa de 65.536 bytes.',
    en: 'The row exceeds 65,536 bytes.',
  },
  ENCODING_INVALID: {
    pt: 'A linha tem bytes que não existem na codificação com que o arquivo foi lido.',
    en: 'The row has bytes that do not exist in the encoding in which the file was read.',
  },
  ROW_TOO_SLOW: {
    pt: 'A linha não pôde ser lida em um segundo.',
    en: 'The row could not be read within a second.',
  },
  TEXT_INVALID: {
    pt: 'O campo tem caracteres de controle.',
    en: 'The field has control characters.',
  },
  FIELD_TOO_LONG: {
    pt: 'O campo passa do tamanho máximo.',
    en: 'The field exceeds its maximum length.',
  },
  NAME_MISSING: {
    pt: 'Falta o nome do devedor.',
    en: "The debtor's name is missing.",
  },
  NAME_INVALID: {
    pt: 'No lugar do nome há um erro da planilha, ou o nome contém um endereço de internet.',
    en: 'The name is an error word of a spreadsheet, or contains an internet address.',
  },
  DOCUMENT_INVALID: {
    pt: 'O documento não é um CPF nem um CNPJ válido (perfil lenient: não é um número de 1 a 14 dígitos).',
    en: 'The document is neither a valid CPF nor a valid CNPJ (profile lenient: no number of 1 to 14 digits).',
  },
  EMAIL_INVALID: {
    pt: 'O e-mail falta ou não é um endereço válido.',
    en: 'The e-mail is missing or no valid address.',
  },
  AMOUNT_INVALID: {
    pt: 'O valor falta, não é um número em reais com até dois decimais, ou é ambíguo.',
    en: 'The amount is missing, no number of reais with at most two decimals, or ambiguous.',
  },
  AMOUNT_NOT_POSITIVE: {
    pt: 'O valor é zero ou negativo.',
    en: 'The amount is zero or negative.',
  },
  AMOUNT_TOO_LARGE: {
    pt: 'O valor não cabe em um boleto.',
    en: 'The amount does not fit in a boleto.',
  },
  DUE_DATE_INVALID: {
    pt: 'O vencimento falta ou não é uma data que existe.',
    en: 'The due date is missing or no date that exists.',
  },
  DUE_DATE_PAST: {
    pt: 'O vencimento já passou (perfil lenient: é anterior a 03/07/2000).',
    en: 'The due date is past (profile lenient: before 2000-07-03).',
  },
  DUE_DATE_TOO_FAR: {
    pt: 'O vencimento está a mais de 5.500 dias de hoje.',
    en: 'The due date is more than 5,500 days ahead.',
  },
  DEBT_ID_MISSING: {
    pt: 'Falta o identificador da dívida.',
    en: 'The debt id is missing.',
  },
  DEBT_ID_INVALID: {
    pt: 'No lugar do identificador há um erro da planilha ou notação científica, ou ele contém um endereço de internet.',
    en: 'The debt id is an error word or scientific notation of a spreadsheet, or contains an internet address.',
  },
  DEBT_ID_CONFLICT: {
    pt: 'O identificador já foi usado por uma dívida com outro devedor, valor ou vencimento.',
    en: 'The debt id already belongs to a debt with another debtor, amount or due date.',
  },
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

export const REJECTION_CODES = Object.keys(REJECTIONS) as readonly RejectionCode[];

/** The characters of a bad cell that are kept with its problem. */
export const VALUE_CHARS_MAX = 200;

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

/** The problem of a row that the rules did not get done with, which is a fault of ours. */
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

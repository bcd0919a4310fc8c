import {
  explainDocument,
  parseDocument,
  parseIdentityNumber,
  restoreFromDecimals,
  restoreLeadingZeros,
  type BrDocument,
  type DocumentProblem,
} from '#tax-ids';
import { isErrorWord } from './damage.ts';
import { failed, type Parsed } from './parsed.ts';
import type { Profile } from './profile.ts';
import { trimCell, withoutApostrophe } from './text.ts';

const AS_TEXT = 'Formate a coluna como texto na planilha de origem e exporte de novo.';

const MESSAGES: Readonly<Record<DocumentProblem, string>> = {
  empty: 'Falta o CPF ou CNPJ. Informe-o.',
  'scientific-notation': `A planilha trocou o documento por notação científica e apagou dígitos. ${AS_TEXT}`,
  decimals: `O documento veio como número com casas decimais, e pode ter perdido zeros à esquerda. ${AS_TEXT}`,
  letters: 'O documento tem caracteres que não existem em um CPF ou CNPJ. Corrija-o.',
  'lost-leading-zeros': `O documento perdeu os zeros à esquerda. ${AS_TEXT}`,
  length: 'Um CPF tem 11 caracteres e um CNPJ, 14. Confira se falta ou sobra algum.',
  punctuation: 'Os pontos, hifens ou espaços não estão onde um CPF ou CNPJ os tem. Escreva-o sem pontuação.',
  repeated: 'Um documento só de números repetidos não é de ninguém. Informe o do devedor.',
  'check-digits': 'Os dígitos verificadores não conferem. Corrija o CPF ou CNPJ.',
};

const LENIENT_MESSAGE =
  'O documento deve ser um número de 1 a 14 dígitos, ou um CPF ou CNPJ válido. Corrija-o e escreva-o sem pontuação.';
const ERROR_WORD_MESSAGE = 'No lugar do documento há um erro da planilha. Informe o CPF ou CNPJ.';

/** Problems that have the same remedy whatever numbers a profile takes. */
const OF_EVERY_PROFILE: ReadonlySet<DocumentProblem> = new Set(['empty', 'scientific-notation', 'decimals']);

export interface PayerDocument {
  readonly document: string;
  /** 'other' only under lenient: a number that is neither a CPF nor a CNPJ. */
  readonly kind: 'cpf' | 'cnpj' | 'other';
}

/** Never a document that the cell does not say: where two people could be meant, the row is refused. */
export function parsePayerDocument(cell: string, profile: Profile): Parsed<PayerDocument> {
  const text = withoutApostrophe(trimCell(cell));
  const valid = parseDocument(text) ?? (profile === 'spreadsheet' ? restored(text) : undefined);
  if (valid !== undefined) return { value: { document: valid.value, kind: valid.kind } };
  const number = profile === 'lenient' ? parseIdentityNumber(text) : undefined;
  if (number !== undefined) return { value: { document: number, kind: 'other' } };
  return failed('governmentId', 'DOCUMENT_INVALID', cell, messageFor(text, profile));
}

function restored(text: string): BrDocument | undefined {
  const cpf = restoreLeadingZeros(text);
  return cpf === undefined ? restoreFromDecimals(text) : { kind: 'cpf', value: cpf };
}

function messageFor(text: string, profile: Profile): string {
  if (text !== '' && isErrorWord(text)) return ERROR_WORD_MESSAGE;
  const why = explainDocument(text) ?? 'check-digits';
  return profile !== 'lenient' || OF_EVERY_PROFILE.has(why) ? MESSAGES[why] : LENIENT_MESSAGE;
}

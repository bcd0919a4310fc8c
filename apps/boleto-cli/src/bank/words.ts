import type { Event, FileProblem, FileProblemCode, Flag, Problem, ProblemCode } from '#cnab';

export const EVENT_NAMES: Readonly<Record<Event, string>> = {
  registered: 'entrada confirmada',
  registration_rejected: 'entrada recusada',
  paid: 'liquidação',
  partially_paid: 'liquidação parcial',
  paid_at_notary: 'liquidação em cartório',
  paid_elsewhere: 'liquidação sem crédito nesta linha',
  payment_pending: 'pagamento a compensar',
  payment_bounced: 'cheque devolvido',
  payment_reversed: 'estorno',
  unidentified_payment: 'crédito sem título',
  written_off: 'baixa',
  protested: 'protesto',
  at_notary: 'em cartório',
  notary_withdrawn: 'retirada do cartório',
  negativation_confirmed: 'negativação confirmada',
  payer_alleges: 'alegação do pagador',
  dda_recognised: 'DDA: pagador reconhecido',
  dda_not_recognised: 'DDA: pagador não reconhecido',
  dda_refused: 'DDA: recusado pelo pagador',
  instruction_confirmed: 'instrução confirmada',
  instruction_refused: 'instrução recusada',
  fee: 'tarifa',
  in_portfolio: 'em carteira',
  info: 'informação',
  unknown: 'ocorrência desconhecida',
};

export const FLAG_NAMES: Readonly<Record<Flag, string>> = {
  UNKNOWN_OCCURRENCE: 'a tabela do banco não tem esta ocorrência',
  UNKNOWN_MOTIVE: 'a tabela do banco não tem este motivo',
  CHECK_DIGIT_WRONG: 'o dígito do nosso número não confere',
  SPLIT_DIFFERS: 'o valor pago não é a soma das suas partes',
  CREDIT_DATE_MISSING: 'sem data de crédito',
  PAYMENT_OF_ZERO: 'pagamento de valor zero',
  REPEATED_IN_FILE: 'repetida neste arquivo',
};

const PROBLEM_NAMES: Readonly<Record<ProblemCode, string>> = {
  LINE_SHORT: 'a linha é curta demais',
  LINE_LONG: 'a linha tem colunas demais',
  LINE_TRUNCATED: 'a linha está cortada no fim do arquivo',
  RECORD_UNKNOWN: 'registro desconhecido',
  T_WITHOUT_U: 'segmento T sem o seu U',
  U_WITHOUT_T: 'segmento U sem o seu T',
  OCCURRENCE_DIFFERS: 'a ocorrência do U não é a do T',
  OCCURRENCE_INVALID: 'ocorrência inválida',
  OUR_NUMBER_INVALID: 'o nosso número não é só de dígitos',
  MOTIVES_INVALID: 'motivos deslocados',
  AMOUNT_INVALID: 'o valor não é só de dígitos',
  AMOUNT_ABSURD: 'o valor é absurdo',
  DATE_INVALID: 'a data não existe',
  DATE_MISSING: 'falta a data da ocorrência',
  DATE_UNLIKELY: 'o crédito está a mais de um ano do pagamento',
  FIELD_UNEXPECTED: 'há algo onde deveria haver brancos',
  NUMBER_INVALID: 'o campo numérico não é só de dígitos',
  BANK_DIFFERS: 'o banco não é o do arquivo',
  SEQUENCE_BROKEN: 'número de linha fora de sequência',
};

const REFUSALS: Readonly<Record<FileProblemCode, string>> = {
  FILE_EMPTY: 'O arquivo está vazio.',
  WIDTH_UNKNOWN: 'Não é um arquivo CNAB de 240 ou 400 colunas.',
  NOT_A_RETORNO: 'Não é um retorno.',
  OTHER_SERVICE: 'Não é de cobrança, mas de outro serviço.',
  LAYOUT_UNSUPPORTED: 'Não há layout para este banco e esta largura.',
};

/** A fault with its place, in Portuguese. */
export function problemText({ code, line, from, to, value }: Problem): string {
  const place = `linha ${line.toString()}, colunas ${from.toString()}-${to.toString()}`;
  return `${PROBLEM_NAMES[code]} (${place}: ${JSON.stringify(value.slice(0, 40))})`;
}

/** The reason to refuse a file, in Portuguese, with its code for programs that read the output. */
export function refusalText({ code, found }: FileProblem): string {
  return `${code}: ${REFUSALS[code]}${found === '' ? '' : ` Lido: ${JSON.stringify(found)}.`}`;
}

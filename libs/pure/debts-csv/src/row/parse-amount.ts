import { formatReais, parseReais, type Centavos } from '#money';
import { readAmount } from './amount.ts';
import { isErrorWord, isScientificNotation } from './damage.ts';
import { failed, type Parsed } from './parsed.ts';
import type { RowContext } from './row-context.ts';
import { trimCell, withoutApostrophe } from './text.ts';

export function parseAmount(cell: string, context: RowContext): Parsed<Centavos> {
  const text = withoutApostrophe(trimCell(cell));
  const reading = readAmount(text, context.dialect);
  switch (reading.kind) {
    case 'amount':
      break;
    case 'negative':
      return failed(
        'debtAmount',
        'AMOUNT_NOT_POSITIVE',
        cell,
        'O valor deve ser maior que zero. Corrija-o ou retire a linha.',
      );
    case 'ambiguous':
      return failed('debtAmount', 'AMOUNT_INVALID', cell, ambiguousAmount(context.dialect));
    case 'invalid': {
      const example = context.dialect.decimal === ',' ? '1234,56' : '1234.56';
      const message =
        text === '' ? `Falta o valor. Escreva-o como ${example}.` : amountMessage(text, example, context.dialect);
      return failed('debtAmount', 'AMOUNT_INVALID', cell, message);
    }
  }
  if (reading.amount === 0n) {
    return failed(
      'debtAmount',
      'AMOUNT_NOT_POSITIVE',
      cell,
      'O valor deve ser maior que zero. Corrija-o ou retire a linha.',
    );
  }
  if (reading.amount > context.amountMax) {
    const message = `O maior valor de um boleto é ${formatReais(context.amountMax)}. Corrija o valor ou divida a dívida em parcelas.`;
    return failed('debtAmount', 'AMOUNT_TOO_LARGE', cell, message);
  }
  return { value: reading.amount };
}

/** More decimals than two are not a matter of the separator, which the example would blame. */
function amountMessage(text: string, example: string, dialect: RowContext['dialect']): string {
  if (isErrorWord(text)) return `No lugar do valor há um erro da planilha. Escreva-o como ${example}.`;
  if (isScientificNotation(text)) {
    return `A planilha trocou o valor por notação científica. Escreva-o como ${example}.`;
  }
  if (/[.,]\d{3,}$/.test(text)) {
    return `O valor tem mais de duas casas decimais, ou os milhares mal separados. Escreva-o com duas, como ${example}.`;
  }
  const other = dialect.decimal === ',' ? '.' : ',';
  if (parseReais(text.replace(/^R\$\s*/, ''), other) === undefined) {
    return `Não é um valor em reais. Escreva só o número, como ${example}.`;
  }
  const readAs = `foi lido com “${dialect.decimal}” antes dos centavos`;
  const both = bothDecimals(dialect);
  const file = both === undefined ? `O arquivo ${readAs}` : `${both}, e ${readAs}`;
  return `${file}; este valor só se lê com “${other}”. Escreva-o como ${example}, ou envie o arquivo de novo informando o separador decimal (decimal).`;
}

/** Names the lines where the file itself writes it both ways. */
function bothDecimals({ seen }: RowContext['dialect']): string | undefined {
  if (seen?.dot === undefined || seen.comma === undefined) return undefined;
  return `O arquivo usa ponto decimal na linha ${seen.dot.toString()} e vírgula decimal na linha ${seen.comma.toString()}`;
}

function ambiguousAmount(dialect: RowContext['dialect']): string {
  const both = bothDecimals(dialect) ?? 'Nenhum valor do arquivo mostra qual é o separador decimal';
  return `Não se sabe se o separador é de milhar ou de decimal. ${both}. Escreva os centavos (1.234,00 ou 1,234.00), ou envie o arquivo de novo informando o separador decimal (decimal).`;
}

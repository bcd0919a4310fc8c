import { formatLinhaDigitavel, type ParsedBoleto } from '#boleto';
import { formatBrDate } from '#calendar';
import { formatReais } from '#money';
import { table } from '../table.ts';

/** Explains a boleto's linha digitável field by field in Portuguese, for the person who holds it. */
export function explainBoleto(boleto: ParsedBoleto): readonly string[] {
  const { linhaDigitavel: linha, campoLivre, fatorVencimento } = boleto;
  const printed = formatLinhaDigitavel(linha);
  const [campo1 = '', campo2 = '', campo3 = '', campo4 = '', campo5 = ''] = printed.split(' ');
  const bank = boleto.bankName === undefined ? boleto.bankCode : `${boleto.bankCode} (${boleto.bankName})`;
  const dueDate = boleto.dueDate === undefined ? 'sem vencimento' : `vencimento ${formatBrDate(boleto.dueDate)}`;
  const amount = boleto.amount === undefined ? 'sem valor' : formatReais(boleto.amount);

  return [
    `Linha digitável: ${printed}`,
    '',
    field('Campo 1', campo1, `banco ${bank}, moeda 9 (real), campo livre ${campoLivre.slice(0, 5)}, ${dv(linha, 9)}`),
    field('Campo 2', campo2, `campo livre ${campoLivre.slice(5, 15)}, ${dv(linha, 20)}`),
    field('Campo 3', campo3, `campo livre ${campoLivre.slice(15)}, ${dv(linha, 31)}`),
    field('Campo 4', campo4, 'dígito verificador geral (módulo 11 do código de barras)'),
    field('Campo 5', campo5, `fator ${fatorVencimento}: ${dueDate}; valor ${linha.slice(37)}: ${amount}`),
    '',
    ...table([
      ['Banco', bank],
      ['Valor', amount],
      ['Vencimento', boleto.dueDate === undefined ? 'sem vencimento' : formatBrDate(boleto.dueDate)],
      ['Campo livre', campoLivre],
      ['Código de barras', boleto.codigoBarras],
    ]),
  ];
}

function field(name: string, value: string, meaning: string): string {
  return `${name}  ${value.padEnd(14)}  ${meaning}`;
}

function dv(linha: string, at: number): string {
  return `dígito verificador ${linha.charAt(at)} (módulo 10)`;
}

import { formatLinhaDigitavel } from '#boleto';
import type { BoletoDocument } from '#boleto-page';
import { formatBrDate } from '#calendar';
import { formatDecimal, formatReais } from '#money';
import { table } from '../table.ts';

/** The composed values, one line each, as they are printed on the form. */
export function describeBoleto({ composed, amount, dueDate, instructions, pix }: BoletoDocument): readonly string[] {
  return table([
    ['Banco', `${composed.bankCodeWithDv} ${composed.bankName}`],
    ['Linha digitável', formatLinhaDigitavel(composed.linhaDigitavel)],
    ['Código de barras', composed.codigoBarras],
    ['Nosso número', composed.nossoNumeroImpresso],
    ['Agência/código', composed.agenciaCodigoImpresso],
    ['Carteira', composed.carteiraImpressa],
    ['Valor', formatReais(amount)],
    ['Vencimento', `${formatBrDate(dueDate)} (fator ${composed.fatorVencimento})`],
    ['Campo livre', composed.campoLivre],
    ['Local de pagamento', composed.localPagamento],
    ...instructions.map((line): readonly [string, string] => ['Instrução', line]),
    ...(pix === undefined ? [] : [['Pix copia e cola', pix.copiaECola] as const]),
  ]);
}

/** The composed values as JSON, for programs. */
export function boletoAsJson({ composed, amount, dueDate, instructions, pix }: BoletoDocument, out: string): string {
  return JSON.stringify({
    ...composed,
    amount: formatDecimal(amount),
    dueDate,
    instructions,
    pix: pix?.copiaECola,
    out,
  });
}

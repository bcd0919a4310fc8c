import { storedBoletoComposerFor, type BankAccount } from '#boleto';
import { TextColumnWriter, uuidArray } from '#database';
import type { DebtsToIssue, NewBoletos } from './issue.queries.ts';

/** Everything in here happens at once, so that one writer of each column does for all parts. */
const impressos = new TextColumnWriter();
const barcodes = new TextColumnWriter();
const linhas = new TextColumnWriter();

/**
 * The boletos of a part, and the sum of their centavos. Numbers follow the lines of the file; the same part composed again
 * gives the same boletos. Column by column, as they are read and written, and digit by digit into what is sent: a text or
 * an object for each would keep the garbage collector as busy as the check digits keep us.
 *
 * @param first of the part's block of numbers
 * @param ids sixteen bytes each
 */
export function composeBoletos(
  account: BankAccount,
  { count, digest, amounts, dueDays }: DebtsToIssue,
  first: bigint,
  ids: Uint8Array,
): { readonly boletos: NewBoletos; readonly total: bigint } {
  const compose = storedBoletoComposerFor(account);
  for (const writer of [impressos, barcodes, linhas]) writer.clear();
  let total = 0n;
  let sequence = first;
  for (let place = 0; place < count; place += 1, sequence += 1n) {
    const amount = amounts[place] ?? 0;
    const { codes, nossoNumeroImpresso } = compose(sequence, { amount, dueDay: dueDays[place] ?? 0 });
    const { codigoBarras, linhaDigitavel } = codes;
    impressos.append(nossoNumeroImpresso);
    barcodes.appendBytes(codigoBarras, 0, codigoBarras.length);
    linhas.appendBytes(linhaDigitavel, 0, linhaDigitavel.length);
    total += BigInt(amount);
  }
  const boletos = {
    debtsDigest: digest,
    first,
    count,
    ids: uuidArray(ids),
    nossosNumerosImpressos: impressos.finish().parameter,
    codigosBarras: barcodes.finish().parameter,
    linhasDigitaveis: linhas.finish().parameter,
  };
  return { boletos, total };
}

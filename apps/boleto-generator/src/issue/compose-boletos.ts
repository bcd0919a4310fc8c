import { storedBoletoComposerFor, type BankAccount } from '#boleto';
import { TextColumnWriter, uuidArray } from '#database';
import type { DebtsToIssue, NewBoletos } from './issue.queries.ts';

/** Shared writers. The code below is synchronous, so one writer per column serves all parts. */
const impressos = new TextColumnWriter();
const barcodes = new TextColumnWriter();
const linhas = new TextColumnWriter();

/**
 * Composes the boletos of a part and sums up their centavos. Numbers follow the lines of the file. The same part
 * composed again gives the same boletos. Columns are read and written directly, digit by digit into the parameters,
 * because a string or an object for each value would cost as much garbage collection as the check digits themselves.
 *
 * @param first the first number of the part's block
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

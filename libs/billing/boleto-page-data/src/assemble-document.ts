import { feeInstructions, type ComposedBoleto, type Fees, type Title } from '#boleto';
import type { BoletoDocument } from '#boleto-page';
import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import type { PixReceiver } from '#pix';
import { staticPix } from './static-pix.ts';

/** The facts that an issuer's boletos share. */
export interface IssuerFacts {
  readonly beneficiary: BoletoDocument['issuer'];
  /** The composer for the issuer's account: see composerFor of #boleto. */
  readonly compose: (title: Title) => ComposedBoleto;
  readonly especie: string;
  readonly instructions: readonly string[];
  readonly fees: Fees;
  readonly sacador?: BoletoDocument['sacador'];
  /** The receiver of the Pix QR on each boleto. Without it no QR is printed. */
  readonly pix?: PixReceiver | undefined;
}

/** A stored boleto with its debt and debtor. */
export interface StoredBoleto {
  readonly boletoId: string;
  readonly issuerId: string;
  readonly sequence: bigint;
  readonly nossoNumeroImpresso: string;
  readonly codigoBarras: string;
  readonly linhaDigitavel: string;
  /** 'YYYY-MM-DD' */
  readonly issuedOn: string;
  readonly debtId: string;
  readonly amountCentavos: bigint;
  /** 'YYYY-MM-DD' */
  readonly dueDate: string;
  readonly payer: BoletoDocument['payer'];
}

/**
 * Composes the boleto again from the facts, because the page shows more than the row stores, and compares it with the
 * stored values. A page whose barcode differs from the one that the bank and the e-mail have must never be sent.
 * @throws Error when they differ, when the issuer is not among `issuers`, or when its Pix gives no valid BR Code
 */
export function assembleDocument(issuers: ReadonlyMap<string, IssuerFacts>, stored: StoredBoleto): BoletoDocument {
  const issuer = issuers.get(stored.issuerId);
  if (issuer === undefined) throw new Error(`boleto ${stored.boletoId} has no issuer`);

  const amount = centavos(stored.amountCentavos);
  const dueDate = dateOf(stored.dueDate, stored.boletoId);
  const composed = issuer.compose({ sequence: stored.sequence, amount, dueDate });
  if (
    composed.codigoBarras !== stored.codigoBarras ||
    composed.linhaDigitavel !== stored.linhaDigitavel ||
    composed.nossoNumeroImpresso !== stored.nossoNumeroImpresso
  ) {
    throw new Error(`boleto ${stored.boletoId} is not the one that its issuer's account and its debt give`);
  }
  const issuedOn = dateOf(stored.issuedOn, stored.boletoId);
  return {
    issuer: issuer.beneficiary,
    payer: stored.payer,
    sacador: issuer.sacador,
    composed,
    debtId: stored.debtId,
    amount,
    dueDate,
    issuedOn,
    especie: issuer.especie,
    aceite: 'N',
    instructions: [
      ...composed.instrucoes,
      ...issuer.instructions,
      ...feeInstructions(issuer.fees, { amount, dueDate, issuedOn }),
    ],
    pix: issuer.pix && staticPix(issuer.pix, { amount, nossoNumero: composed.nossoNumeroImpresso }),
  };
}

function dateOf(text: string, boletoId: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`boleto ${boletoId} has a date that is not on the calendar: ${text}`);
  return date;
}

import { feeInstructions, type ComposedBoleto, type Fees, type Title } from '#boleto';
import type { BoletoDocument } from '#boleto-page';
import { parseIsoDate, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import type { PixReceiver } from '#pix';
import { staticPix } from './static-pix.ts';

/** What an issuer's boletos have in common. */
export interface IssuerFacts {
  readonly beneficiary: BoletoDocument['issuer'];
  /** Of the issuer's account: see composerFor of #boleto. */
  readonly compose: (title: Title) => ComposedBoleto;
  readonly especie: string;
  readonly instructions: readonly string[];
  readonly fees: Fees;
  readonly sacador?: BoletoDocument['sacador'];
  /** Of the QR on each boleto; none without it. */
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
 * What is printed is composed again from the facts, for the page shows more than the row keeps, and compared with what
 * was stored: a page whose barcode is not the one the bank and the e-mail know must never leave the house.
 * @throws Error when they differ, when the issuer is not among `issuers`, or when its Pix gives no sound BR Code.
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

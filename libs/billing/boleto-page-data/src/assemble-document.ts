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
  /** The present terms, and before them the ones that they replaced, oldest first. */
  readonly terms: IssuerTerms;
  readonly pastTerms: readonly PastTerms[];
  /** The receiver of the Pix QR on each boleto. Without it no QR is printed. */
  readonly pix?: PixReceiver | undefined;
}

/** The terms that a debtor got with the boleto. A later change of the issuer does not change them. */
export interface IssuerTerms {
  readonly especie: string;
  readonly instructions: readonly string[];
  readonly fees: Fees;
  readonly sacador?: BoletoDocument['sacador'];
}

/** The terms of the boletos that were created before `until`. */
interface PastTerms extends IssuerTerms {
  readonly until: Date;
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
  /** When its row was written. */
  readonly createdAt: Date;
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
  const terms = issuer.pastTerms.find(({ until }) => stored.createdAt < until) ?? issuer.terms;
  const pix = issuer.pix && staticPix(issuer.pix, { amount, nossoNumero: composed.nossoNumeroImpresso });
  return documentOf(
    { beneficiary: issuer.beneficiary, terms, pix },
    { payer: stored.payer, composed, debtId: stored.debtId, amount, dueDate, issuedOn },
  );
}

interface Owed {
  readonly beneficiary: BoletoDocument['issuer'];
  readonly terms: IssuerTerms;
  readonly pix: BoletoDocument['pix'];
}

type Billed = Pick<BoletoDocument, 'payer' | 'composed' | 'debtId' | 'amount' | 'dueDate' | 'issuedOn'>;

/** The page of a boleto from its issuer, its terms and one debt. */
export function documentOf({ beneficiary, terms, pix }: Owed, billed: Billed): BoletoDocument {
  return {
    ...billed,
    issuer: beneficiary,
    sacador: terms.sacador,
    especie: terms.especie,
    aceite: 'N',
    instructions: [...billed.composed.instrucoes, ...terms.instructions, ...feeInstructions(terms.fees, billed)],
    pix,
  };
}

function dateOf(text: string, boletoId: string): CalendarDate {
  const date = parseIsoDate(text);
  if (date === undefined) throw new Error(`boleto ${boletoId} has a date that is not on the calendar: ${text}`);
  return date;
}

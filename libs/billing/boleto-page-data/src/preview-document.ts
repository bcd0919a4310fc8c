import { composerFor, type BankAccount } from '#boleto';
import type { BoletoDocument } from '#boleto-page';
import { addDays, type CalendarDate } from '#calendar';
import { centavos } from '#money';
import type { PixReceiver } from '#pix';
import { documentOf, type IssuerTerms } from './assemble-document.ts';
import { unpayablePix } from './static-pix.ts';

/** An issuer as its boletos would show it. */
export interface PreviewedIssuer {
  readonly beneficiary: BoletoDocument['issuer'];
  readonly account: BankAccount;
  readonly terms: IssuerTerms;
  readonly pix?: PixReceiver | undefined;
}

const DAYS_UNTIL_DUE = 30;
const AMOUNT = centavos(123_45n);

/** No bank has the code 000, and no código de barras has the check digit 0: no app takes these for a boleto. */
const UNPAYABLE = { codigoBarras: '0'.repeat(44), linhaDigitavel: '0'.repeat(47) };

/** The invented debtor. Its document has no valid check digits. */
const PAYER: BoletoDocument['payer'] = {
  name: 'PRÉVIA: pagador de exemplo, boleto sem valor',
  document: '00000000000',
  address: {
    street: 'Rua do Exemplo, 1',
    district: 'Centro',
    city: 'São Paulo',
    state: 'SP',
    postalCode: '01001000',
  },
};

/**
 * A boleto of the issuer for a debt and a debtor that do not exist. It cannot be paid: its código de barras and linha
 * digitável are zeros, and its QR code is no BR Code. `sequence` is a number that the account can give.
 */
export function previewDocument(
  { beneficiary, account, terms, pix }: PreviewedIssuer,
  { sequence, today }: { readonly sequence: bigint; readonly today: CalendarDate },
): BoletoDocument {
  const dueDate = addDays(today, DAYS_UNTIL_DUE);
  const composed = { ...composerFor(account)({ sequence, amount: AMOUNT, dueDate }), ...UNPAYABLE };
  return documentOf(
    {
      beneficiary,
      terms,
      pix: pix && unpayablePix(pix, { amount: AMOUNT, nossoNumero: composed.nossoNumeroImpresso }),
    },
    { payer: PAYER, composed, debtId: 'PRÉVIA', amount: AMOUNT, dueDate, issuedOn: today },
  );
}

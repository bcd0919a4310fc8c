export type { AccountField, AccountProblem, BankAccount } from './account.ts';
export { isBarcode } from './barcode.ts';
export { banks, type BankCode } from './banks.ts';
export {
  amountMax,
  checkAccount,
  composeBoleto,
  composerFor,
  nossoNumeroMax,
  type ComposedBoleto,
  type Title,
} from './compose.ts';
export { DUE_DATE_DAYS_AHEAD_MAX, DUE_DATE_MIN, fatorVencimento } from './due-date.ts';
export { barcodeFromLinha, formatLinhaDigitavel, linhaFromBarcode } from './linha-digitavel.ts';

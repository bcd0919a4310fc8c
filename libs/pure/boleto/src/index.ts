export {
  ACCOUNT_FIELDS,
  perAccountField,
  type AccountField,
  type AccountProblem,
  type BankAccount,
} from './account.ts';
export { bankForms, type BankForm } from './bank-form.ts';
export { barcodeOf } from './barcode.ts';
export { banks, type BankCode } from './banks.ts';
export {
  amountMax,
  checkAccount,
  checkAccountYear,
  composeBoleto,
  composerFor,
  firstNumberOn,
  nossoNumeroMax,
  numbersOfDay,
  storedBoletoComposerFor,
  type ComposedBoleto,
  type Title,
} from './compose.ts';
export { DUE_DATE_DAYS_AHEAD_MAX, DUE_DATE_MIN } from './due-date.ts';
export { feeInstructions } from './fee-instructions.ts';
export { checkFees, type FeeCeilings, type FeeProblem, type Fees } from './fees.ts';
export { barcodeFromLinha, formatLinhaDigitavel, linhaFromBarcode } from './linha-digitavel.ts';
export { parseBoleto, type NotABoleto, type ParsedBoleto, type ParseProblem } from './parse.ts';

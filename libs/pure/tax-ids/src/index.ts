export { CNPJ_SEPARATORS_AFTER, parseCnpj, type Cnpj } from './cnpj.ts';
export { CPF_SEPARATORS_AFTER, parseCpf, type Cpf } from './cpf.ts';
export { areDocumentDigits } from './digits.ts';
export {
  explainDocument,
  formatDocument,
  maskDocument,
  parseDocument,
  parseIdentityNumber,
  restoreFromDecimals,
  restoreLeadingZeros,
  type BrDocument,
  type DocumentProblem,
} from './document.ts';
export { normaliseDocument } from './normalise.ts';

export { parseCnpj, type Cnpj } from './cnpj.ts';
export { parseCpf, type Cpf } from './cpf.ts';
export { areDocumentDigits } from './digits.ts';
export {
  explainDocument,
  formatDocument,
  maskDocument,
  parseDocument,
  restoreLeadingZeros,
  type BrDocument,
  type DocumentProblem,
} from './document.ts';
export { normaliseDocument } from './normalise.ts';

export type { Address, BoletoDocument } from './boleto-document.ts';
export { renderBoleto } from './render-boleto.ts';

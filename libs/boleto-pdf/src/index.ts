export type { Address, BoletoDocument, PixPayment, QrCode } from './boleto-document.ts';
export { checkLogo, type LogoProblem } from './logo.ts';
export { mergePages, type BoletoPage } from './merge-pages.ts';
export { createPrinter, type BoletoPrinter } from './printer.ts';
export { renderBoleto } from './render-boleto.ts';

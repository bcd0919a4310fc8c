export type { Address, BoletoDocument, PixPayment, QrCode } from './layout/boleto-document.ts';
export { checkLogo, type LogoProblem } from './drawing/logo.ts';
export { mergePages, type BoletoPage } from './merging/merge-pages.ts';
export { createPrinter, type BoletoPrinter } from './assembly/printer.ts';
export { renderBoleto, renderStamped } from './reference/render-boleto.ts';

export { loadBoletoDocuments, type BoletosWhere, type LoadedBoleto } from './boleto-documents.queries.ts';
export { previewDocument, type PreviewedIssuer } from './preview-document.ts';
export { staticPix } from './static-pix.ts';

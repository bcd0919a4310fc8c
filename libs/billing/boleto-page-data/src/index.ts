export { loadBoletoDocuments, type BoletosWhere, type LoadedBoleto } from './boleto-documents.queries.ts';
export { staticPix } from './static-pix.ts';

export { loadBoletoDocuments, type BoletosWhere, type LoadedBoleto } from './boleto-documents.queries.ts';

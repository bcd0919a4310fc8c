/**
 * CNAB files of Brazilian banks: which bank, width and kind a file is, the entries of a retorno with their amounts, and
 * any file explained field by field. It knows no clock, no database and no boleto: callers match entries with titles.
 */
export { readRetorno, type ReadEntry, type Retorno } from './read-retorno.ts';

/**
 * CNAB files of Brazilian banks: which bank, width and kind a file is, the entries of a retorno with their amounts, and
 * any file explained field by field. It knows no clock, no database and no boleto: callers match entries with titles.
 */
export { readRetorno, type ReadEntry, type ReadResult, type Retorno } from './read-retorno.ts';
export { explainFile, type ExplainedField, type ExplainedFile, type ExplainedLine } from './explain-file.ts';
export { motiveLabel } from './entry/motive-label.ts';
export type { Flag } from './entry/entry.ts';
export type { Problem, ProblemCode } from './entry/problems.ts';
export type { Check } from './file/checks.ts';
export type { FileProblem, FileProblemCode } from './file/file-problems.ts';
export type { Event } from './occurrences/event.ts';

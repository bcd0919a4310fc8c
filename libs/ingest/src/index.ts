export { csvCell, csvLine, csvParseOptions, parseCells, type CsvParseOptions, type CsvSeparator } from './cells.ts';
export { ChunkCutter, type Boundary, type Chunk, type ChunkSizes } from './chunks.ts';
export { detectDialect, HEAD_BYTES_MAX, type Detection } from './detect.ts';
export {
  DELIMITERS,
  type Delimiter,
  type Dialect,
  type DialectOverrides,
  type Encoding,
  type Newline,
} from './dialect.ts';
export { decodeForReport, decodeRecord, RAW_CHARS_MAX } from './encoding.ts';
export {
  ADDRESS_FIELDS,
  FIELDS,
  REQUIRED_FIELDS,
  type AddressField,
  type ColumnMapping,
  type Field,
  type FieldIndexes,
  type HeaderMapping,
  type RequiredField,
} from './fields.ts';
export { type FileProblem, type FileProblemCode } from './file-problems.ts';
export { type Header } from './header.ts';
export { PlainRowReader } from './plain-row.ts';
export {
  conflictProblem,
  flawProblem,
  guiltyRowProblem,
  REJECTION_CODES,
  REJECTIONS,
  VALUE_CHARS_MAX,
  type Problem,
  type RejectionCode,
} from './rejections.ts';
export { PROFILES, type Profile } from './profile.ts';
export {
  validateRow,
  DUE_DAYS_AHEAD_MAX,
  FIELD_CHARS_MAX,
  type Address,
  type ParsedRow,
  type RowContext,
  type RowResult,
} from './row.ts';
export { RECORD_BYTES_MAX, scanRecords, syntaxOf, type Flaw, type ScannedRecord, type Syntax } from './scan.ts';
export { TITLE_CHARS_MAX } from './titles.ts';

export {
  csvCell,
  csvLine,
  csvParseOptions,
  parseCells,
  type CsvParseOptions,
  type CsvSeparator,
} from './records/cells.ts';
export { ChunkCutter, type Boundary, type Chunk, type ChunkSizes } from './records/chunks.ts';
export { detectDialect, HEAD_BYTES_MAX, type Detection } from './dialect/detect.ts';
export {
  type Aspect,
  type Delimiter,
  type Dialect,
  type DialectOverrides,
  type Encoding,
  type Newline,
} from './dialect/dialect.ts';
export { decodeForReport, decodeRecord } from './dialect/encoding.ts';
export { FileEvidence } from './evidence/file-evidence.ts';
export { EncodingEvidence } from './evidence/encoding-evidence.ts';
export { recordText } from './evidence/record-text.ts';
export {
  ADDRESS_FIELDS,
  COLUMNS,
  CSV_HEADER,
  FIELDS,
  REQUIRED_FIELDS,
  titlesOf,
  type AddressField,
  type Field,
  type RequiredField,
} from './row/column-table.ts';
export { type ColumnMapping, type FieldIndexes, type HeaderMapping } from './row/fields.ts';
export { type FileProblem, type FileProblemCode } from './file-problems.ts';
export { type Header } from './dialect/header.ts';
export { PlainRowReader } from './records/plain-row.ts';
export {
  conflictProblem,
  flawProblem,
  guiltyRowProblem,
  REJECTION_CODES,
  REJECTIONS,
  type Problem,
  type RejectionCode,
} from './rejections.ts';
export { DEFAULT_PROFILE, PROFILE_RULES, PROFILES, type Profile } from './row/profile.ts';
export { validateRow, type Address, type ParsedRow, type RowResult } from './row/row.ts';
export type { RowContext } from './row/row-context.ts';
export { scanRecords, syntaxOf, type Flaw, type ScannedRecord, type Syntax } from './records/scan.ts';
export { TITLE_CHARS_MAX } from './dialect/titles.ts';

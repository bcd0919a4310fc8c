export { textArray, uuidArray } from './arrays.ts';
export {
  BigintColumnWriter,
  DateColumnWriter,
  IntColumnWriter,
  readBigints,
  readDays,
  readInts,
  TextColumnWriter,
  type TextColumn,
} from './columns.ts';
export { poolMetrics } from './pool.metrics.ts';
export { createDataSource, poolStatistics, type DataSourceOptions, type PoolStatistics } from './data-source.ts';
export { runDdl } from './ddl.queries.ts';
export { DistinctTextWriter } from './distinct-texts.ts';
export { hashBytes } from './hash-bytes.ts';
export { Listener, type ListenerOptions } from './listener.ts';
export { runMigrations, SchemaNewerError } from './migrate.ts';
export {
  column,
  fragment,
  list,
  literal,
  sql,
  Statement,
  statements,
  type Columns,
  type Db,
  type Fragment,
  type RowOf,
} from './sql.ts';
export { databaseTrouble, isRetryable, violatedConstraint } from './sql-state.ts';
export { AmbiguousCommitError, withReading, withTransaction, type Settings, type Tx } from './transaction.ts';
export { writeRows } from './write-rows.ts';
export { pingDatabase, waitForDatabase, type DatabaseLogger } from './wait.ts';

import { sql, type Db } from '#database';

/** The outcome of every row of a batch so far. Each row is counted once. */
export interface RowAccount {
  /** Rows of the file, header and blank lines left out; null until its last byte has been seen. */
  readonly read: number | null;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dead: number;
}

export interface BatchAccount {
  readonly rows: RowAccount;
  readonly boletos: number;
}

/** No file has 2^53 rows. */
const ACCOUNT_OF = sql.returning({
  read: 'float8?',
  accepted: 'float8',
  duplicate: 'float8',
  rejected: 'float8',
  dead: 'float8',
  boletos: 'float8',
})`
  select read::float8, accepted::float8, duplicate::float8, rejected::float8, dead::float8, boletos::float8
  from batch_accounts
  where batch_id = ${'batchId'}`;

/** The account of a batch, from the sums of its results. Undefined if there is no such batch. */
export async function accountOf(db: Db, batchId: string): Promise<BatchAccount | undefined> {
  const found = await ACCOUNT_OF.rows(db, { batchId });
  const [row] = found;
  if (row === undefined) return undefined;
  const { boletos, ...rows } = row;
  return { rows, boletos };
}

import pg, { type Connection } from 'pg';
import { QueryFailedError } from 'typeorm';
import type { Statement } from './sql.ts';
import type { Tx } from './transaction.ts';

/**
 * A parameter of a statement. A Buffer is a value in PostgreSQL's binary format, as arrays.ts makes it; every other
 * value is sent as text.
 */
export type Parameter = Buffer | string | number | null;

/**
 * Runs a statement that writes a chunk's rows and returns the number of rows written. The server reports it at the end;
 * an INSERT's `returning` would cost a quarter of a microsecond a row. Buffers go to the connection without a copy, so
 * the caller must not change them until then. pg itself would copy each of them some five times, into a message that
 * grows in steps.
 *
 * @throws QueryFailedError as EntityManager.query does
 */
export async function writeRows<Name extends string>(
  tx: Tx,
  { text, names }: Statement<Name, object>,
  values: Readonly<Record<Name, Parameter>>,
): Promise<number> {
  const parameters = names.map((name) => values[name]);
  const { queryRunner } = tx;
  if (queryRunner === undefined || queryRunner.isReleased) throw new TypeError('not in a transaction');
  const client: unknown = await queryRunner.connect();
  if (!(client instanceof pg.Client)) throw new TypeError('this DataSource is not connected through pg');
  tx.dataSource.logger.logQuery(text, parameters, queryRunner); // as EntityManager.query does; logging is off
  const { rowCount } = await new Promise<{ rowCount: number | null }>((resolve, reject) => {
    const query = new UncopiedQuery(text, parameters, (error, result) => {
      if (!(error instanceof Error)) {
        resolve(result);
        return;
      }
      tx.dataSource.logger.logQueryError(error, text, [], queryRunner);
      reject(new QueryFailedError(text, [], error));
    });
    client.query(query);
  });
  if (rowCount === null) throw new TypeError('not a statement that writes');
  return rowCount;
}

type Callback = (error: Error | null | undefined, result: { readonly rowCount: number | null }) => void;

/**
 * A query of pg's that sends its parameters itself:
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
class UncopiedQuery extends pg.Query {
  readonly #sql: string;
  readonly #bind: readonly Buffer[];

  constructor(sql: string, parameters: readonly Parameter[], callback: Callback) {
    super(sql, callback); // no event: queries that pg itself ends, for example after a timeout, end by the callback
    this.#sql = sql;
    // Built here, where it may throw. After submission the connection waits for the end of the query.
    this.#bind = bindMessage(parameters);
  }

  override submit = (connection: Connection): void => {
    const { stream } = connection;
    stream.cork(); // as few system calls as possible
    try {
      connection.parse({ name: '', text: this.#sql, types: [] }, true);
      for (const piece of this.#bind) stream.write(piece);
      connection.describe({ type: 'P', name: '' }, true);
      connection.execute(null, true);
      connection.sync();
    } finally {
      stream.uncork();
    }
  };
}

const BIND = 'B'.charCodeAt(0);
const BINARY = 1;

/** The Bind message: the unnamed portal of the unnamed statement, all results as text. */
function bindMessage(parameters: readonly Parameter[]): readonly Buffer[] {
  const values = parameters.map((parameter) =>
    parameter === null || Buffer.isBuffer(parameter) ? parameter : Buffer.from(parameter.toString()),
  );
  const formats = parameters.map((parameter) => (Buffer.isBuffer(parameter) ? BINARY : 0));
  const body = [
    Buffer.alloc(2), // empty names of portal and statement
    int16s(formats.length, ...formats),
    int16s(values.length),
    ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])),
    int16s(0), // result formats: all text
  ];
  const length = body.reduce((sum, piece) => sum + piece.length, 4);
  return [Buffer.of(BIND), int32(length), ...body];
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16s(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeInt16BE(value, at * 2);
  return bytes;
}

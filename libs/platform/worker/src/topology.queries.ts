import { sql, type Db } from '#database';

const ASK = sql.returning({ pg_notify: 'void' })`select pg_notify('billing_topology', '')`;

/** Asks the dispatcher to declare what is missing at the broker. It declares everything at intervals too. */
export async function askForTopology(db: Db): Promise<void> {
  await ASK.run(db);
}

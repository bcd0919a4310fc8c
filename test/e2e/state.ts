import type { Harness } from './harness.ts';

type Row = Readonly<Record<string, unknown>>;

/** The results of the work on an issuer's files, without surrogate ids and times. */
export interface FinalState {
  readonly batches: readonly Row[];
  readonly chunks: readonly Row[];
  readonly chunkResults: readonly Row[];
  readonly debtors: readonly Row[];
  readonly debts: readonly Row[];
  readonly rejections: readonly Row[];
  readonly boletos: readonly Row[];
  readonly nextNossoNumero: readonly Row[];
  readonly notifications: readonly Row[];
  readonly exports: readonly Row[];
  readonly exportParts: readonly Row[];
  /** The dead letters of all issuers. */
  readonly deadLetters: readonly Row[];
}

const QUERIES: Readonly<Record<keyof FinalState, string>> = {
  batches: `select id, status, rows_read, chunks_total, completed_at from batches where issuer_id = $1 order by id`,
  chunks: `select c.* from chunks c join batches b on b.id = c.batch_id where b.issuer_id = $1 order by batch_id, chunk_no`,
  chunkResults: `select r.batch_id, chunk_no, stage, from_line, rows, accepted, duplicate, rejected, dead
    from chunk_results r join batches b on b.id = r.batch_id
    where b.issuer_id = $1 order by 1, 2, 3, 4`,
  debtors: `select document, name, address from debtors where issuer_id = $1 order by document`,
  debts: `select debt_id, payer_name, email, amount_centavos, due_date, batch_id, chunk_no, line
    from debts where issuer_id = $1 order by debt_id`,
  rejections: `select r.* from rejections r join batches b on b.id = r.batch_id where b.issuer_id = $1 order by batch_id, line`,
  boletos: `select d.debt_id, nosso_numero, nosso_numero_impresso, codigo_barras, linha_digitavel, status, issued_on
    from boletos b join debts d on d.id = b.debt_id
    where b.issuer_id = $1 order by d.debt_id`,
  nextNossoNumero: `select next_nosso_numero from bank_accounts where id = (select bank_account_id from issuers where id = $1)`,
  notifications: `select recipient, kind, n.status, attempts, message_id
    from notifications n join batches b on b.id = n.batch_id
    where b.issuer_id = $1 order by recipient, message_id`,
  exports: `select e.id, format, e.status, files_total, files_done, e.bytes, e.storage_key
    from exports e join batches b on b.id = e.batch_id
    where b.issuer_id = $1 order by e.id`,
  exportParts: `select p.export_id, part_no
    from export_parts p join exports e on e.id = p.export_id join batches b on b.id = e.batch_id
    where b.issuer_id = $1 order by 1, 2`,
  // The query reads the issuer so that every query takes the same parameter.
  deadLetters: `select queue, message_name, reason, error from dead_letters where $1::uuid is not null order by id`,
};

export async function finalState({ database }: Harness, issuerId: string): Promise<FinalState> {
  const entries = await Promise.all(
    Object.entries(QUERIES).map(async ([name, sql]) => [name, await database.dataSource.query<Row[]>(sql, [issuerId])]),
  );
  return Object.fromEntries(entries) as FinalState;
}

/** Messages in the outbox that are not yet published. */
export async function unfinished({ database }: Harness): Promise<number> {
  const [row] = await database.dataSource.query<{ n: number }[]>('select count(*)::int as n from outbox');
  return row?.n ?? 0;
}

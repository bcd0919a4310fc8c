import { firstNumberOn, numbersOfDay, type BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';
import type { ChunkPart } from '#contracts';
import { column, fragment, readBigints, readDays, sql, writeRows, type Db, type Tx } from '#database';

export interface Issuing {
  readonly batchStatus: string;
  readonly issuerId: string;
  readonly account: BankAccount;
}

interface AccountRow {
  readonly bank_code: string;
  readonly account: Omit<BankAccount, 'bankCode'>;
}

const FIND_ISSUING = sql.returning({
  status: 'text',
  issuer_id: 'uuid',
  bank_code: 'text',
  account: column<Omit<BankAccount, 'bankCode'>>('jsonb'),
})`
  select b.status, b.issuer_id, i.bank_code, i.account
    from batches b
    join issuers i on i.id = b.issuer_id
    where b.id = ${'batchId'}`;

export async function findIssuing(db: Db, batchId: string): Promise<Issuing | undefined> {
  const rows = await FIND_ISSUING.rows(db, { batchId });
  const row = rows[0];
  if (row === undefined) return undefined;
  return { batchStatus: row.status, issuerId: row.issuer_id, account: accountOf(row) };
}

const FIND_ACCOUNTS = sql.returning({ bank_code: 'text', account: column<Omit<BankAccount, 'bankCode'>>('jsonb') })`
  select bank_code, account
  from (select distinct on (bank_code) bank_code, account, created_at from issuers order by bank_code, created_at desc) i
  order by created_at desc
  limit ${'banksMax'}`;

/** One account for each bank of the latest issuers. */
export async function findAccounts(db: Db, banksMax: number): Promise<readonly BankAccount[]> {
  const rows = await FIND_ACCOUNTS.rows(db, { banksMax });
  return rows.map(accountOf);
}

function accountOf({ bank_code: bankCode, account }: AccountRow): BankAccount {
  return { ...account, bankCode };
}

/** The debts of a part, column by column. The same index in each column is the same debt. */
export interface DebtsToIssue {
  readonly count: number;
  /** A 64-bit hash of their ids in this order, as a number in text. */
  readonly digest: string;
  /** Amounts in centavos. */
  readonly amounts: Float64Array;
  /** Days since 1970-01-01. */
  readonly dueDays: Int32Array;
}

/**
 * SQL for the hash of a part's debt ids. It saves sending the ids back: equal hashes mean the same debts in the same
 * order.
 */
const DIGEST = fragment`hash_array_extended(array_agg(id), 0)`;

const FIND_DEBTS = sql.returning({ count: 'int4', digest: 'int8?', amounts: 'bytea?', due_dates: 'bytea?' })`
  select count(*)::int as count, ${DIGEST} as digest,
         array_send(array_agg(amount_centavos)) as amounts, array_send(array_agg(due_date)) as due_dates
  from (
    select id, amount_centavos, due_date
    from debts
    where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and line >= ${'fromLine'} and (${'toLine'}::bigint is null or line <= ${'toLine'})
    order by line
  ) in_order`;

/**
 * The part's debts in line order. A debt's index in this list is its position in the part's block of numbers. Two
 * arrays are returned instead of ten thousand rows, because parsing the rows would cost more than composing their
 * boletos.
 */
export async function findDebts(db: Db, part: ChunkPart): Promise<DebtsToIssue> {
  const row = await FIND_DEBTS.row(db, { ...part });
  const { count = 0, digest, amounts, due_dates: dueDates } = row ?? {};
  return {
    count,
    digest: digest ?? '',
    amounts: amounts ? readBigints(amounts) : new Float64Array(),
    dueDays: dueDates ? readDays(dueDates) : new Int32Array(),
  };
}

const INSERT_NOSSO_NUMERO_BLOCKS = sql`
  insert into nosso_numero_blocks (batch_id, chunk_no, from_line, issuer_id, first_number, count)
  values (${'batchId'}, ${'chunkNo'}, ${'fromLine'}, ${'issuerId'}, ${'first'}, ${'count'})
  on conflict (batch_id, chunk_no, from_line) do update set first_number = excluded.first_number, count = excluded.count`;

const UPDATE_BANK_ACCOUNTS = sql`update bank_accounts set next_nosso_numero = ${'next'} where id = ${'id'}`;

const SELECT_NOSSO_NUMERO_BLOCKS = sql.returning({ first_number: 'int8', count: 'int4' })`
  select first_number, count from nosso_numero_blocks where batch_id = ${'batchId'} and chunk_no = ${'chunkNo'} and from_line = ${'fromLine'}`;

const LOCK_BANK_ACCOUNTS = sql.returning({ id: 'uuid', next_nosso_numero: 'int8' })`
  select id, next_nosso_numero from bank_accounts
  where id = (select bank_account_id from issuers where id = ${'issuerId'}) for no key update`;

/**
 * Reserves `count` consecutive numbers for the part and returns the first. It runs in a short transaction of its own,
 * because it locks the bank account, whose issuers share its numbers. A part that asks again gets its existing block,
 * so a crash after this leaves no gap. There are two exceptions: the year has turned since (boletos are printed with
 * their year's numbers), or the part has grown by neighbours that are tried again with it (their blocks are not
 * adjacent). Returns undefined when the account has fewer numbers left.
 */
export async function reserveBlock(
  tx: Tx,
  { batchId, chunkNo, fromLine }: ChunkPart,
  { issuerId, account }: Pick<Issuing, 'issuerId' | 'account'>,
  { count, day }: { readonly count: number; readonly day: CalendarDate },
): Promise<bigint | undefined> {
  // The lock comes first, so that of two deliveries of one part the second sees the block of the first.
  const accounts = await LOCK_BANK_ACCOUNTS.rows(tx, { issuerId });
  const blocks = await SELECT_NOSSO_NUMERO_BLOCKS.rows(tx, { batchId, chunkNo, fromLine });
  const block = blocks[0];
  if (block !== undefined) {
    const first = BigInt(block.first_number);
    const isFit = block.count >= count && first >= numbersOfDay(account, day).min;
    if (isFit || (await isUsed(tx, issuerId, first))) return first;
  }
  const [found] = accounts;
  if (found === undefined) throw new Error(`issuer ${issuerId} has no account`);
  const first = firstNumberOn(account, { day, next: BigInt(found.next_nosso_numero), count });
  if (first === undefined) return undefined;
  await UPDATE_BANK_ACCOUNTS.run(tx, { id: found.id, next: (first + BigInt(count)).toString() });
  await INSERT_NOSSO_NUMERO_BLOCKS.run(tx, { batchId, chunkNo, fromLine, issuerId, first: first.toString(), count });
  return first;
}

const IS_USED = sql`
  select from boletos where issuer_id = ${'issuerId'} and nosso_numero = ${'first'}`;

/**
 * True if boletos were issued from the block. The part keeps such a block: it is delivered again and issues nothing.
 */
async function isUsed(tx: Tx, issuerId: string, first: bigint): Promise<boolean> {
  const rows = await IS_USED.rows(tx, { issuerId, first: first.toString() });
  return rows.length > 0;
}

/** Boletos column by column, as they are sent. The same index in each column is the same boleto. */
export interface NewBoletos {
  /** Hash of the ids of the debts for which they were composed, in this order. */
  readonly debtsDigest: string;
  /** The first of their consecutive numbers. */
  readonly first: bigint;
  readonly count: number;
  /** `uuid[]` */
  readonly ids: Buffer;
  /** `text[]` */
  readonly nossosNumerosImpressos: Buffer;
  /** `text[]` */
  readonly codigosBarras: Buffer;
  /** `text[]` */
  readonly linhasDigitaveis: Buffer;
}

const INSERT_BOLETOS = sql`
  insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                       codigo_barras, linha_digitavel, issued_on)
  select t.id, b.issuer_id, case when debts.are_the_same then t.debt_id end, c.batch_id, c.chunk_no,
         t.nosso_numero, t.nosso_numero_impresso, t.codigo_barras, t.linha_digitavel, ${'issuedOn'}::date
  from chunks c
  join batches b on b.id = c.batch_id
  cross join lateral (
    select array_agg(id) as ids, ${DIGEST} = ${'debtsDigest'}::bigint as are_the_same
    from (
      select id
      from debts
      where batch_id = c.batch_id and chunk_no = c.chunk_no and line >= ${'fromLine'} and (${'toLine'}::bigint is null or line <= ${'toLine'})
      order by line
    ) in_order
  ) debts
  cross join lateral (
    -- In the select list, because after FROM all rows would be materialised before the first is written.
    select unnest(${'ids'}::uuid[]) as id, unnest(debts.ids) as debt_id, generate_series(${'first'}::bigint, ${'last'}::bigint) as nosso_numero,
           unnest(${'nossosNumerosImpressos'}::text[]) as nosso_numero_impresso, unnest(${'codigosBarras'}::text[]) as codigo_barras,
           unnest(${'linhasDigitaveis'}::text[]) as linha_digitavel
  ) t
  where c.batch_id = ${'batchId'} and c.chunk_no = ${'chunkNo'}`;

/**
 * Inserts the boletos and returns their number. Issuer, batch, chunk and debts come from the part's own rows, which the
 * statement reads before it writes, so a boleto without a debt cannot be inserted (ADR 19). If the part's debts differ
 * from those of the boletos in any id or in their order, debt_id is null, and the table refuses the rows.
 */
export async function insertBoletos(
  tx: Tx,
  { part, issuedOn }: { readonly part: ChunkPart; readonly issuedOn: CalendarDate },
  { debtsDigest, first, count, ...boletos }: NewBoletos,
): Promise<number> {
  return await writeRows(tx, INSERT_BOLETOS, {
    batchId: part.batchId,
    chunkNo: part.chunkNo,
    fromLine: part.fromLine,
    toLine: part.toLine,
    issuedOn,
    debtsDigest,
    first: first.toString(),
    last: (first + BigInt(count) - 1n).toString(),
    ...boletos,
  });
}

const HINT_MAIL = sql`
  insert into mail_parts (organization_id, batch_id, chunk_no, from_line, to_line)
  select organization_id, id, ${'chunkNo'}, ${'fromLine'}, ${'toLine'} from batches where id = ${'batchId'}`;

/** Tells the notifier, before the message of the part arrives, that e-mails of its organization wait. */
export async function hintMail(tx: Tx, { batchId, chunkNo, fromLine, toLine }: ChunkPart): Promise<void> {
  await HINT_MAIL.run(tx, { batchId, chunkNo, fromLine, toLine });
}

import type { EntityManager } from 'typeorm';
import type { ChunkPart } from '#contracts';
import { firstNumberOn, numbersOfDay, type BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';
import { readBigints, readDays, writeRows } from '#database';

export interface Issuing {
  readonly batchStatus: string;
  readonly issuerId: string;
  readonly account: BankAccount;
}

interface AccountRow {
  readonly bank_code: string;
  readonly account: Omit<BankAccount, 'bankCode'>;
}

export async function findIssuing(tx: EntityManager, batchId: string): Promise<Issuing | undefined> {
  const rows: (AccountRow & { status: string; issuer_id: string })[] = await tx.query(
    `select b.status, b.issuer_id, i.bank_code, i.account
       from batches b
       join issuers i on i.id = b.issuer_id
       where b.id = $1`,
    [batchId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return { batchStatus: row.status, issuerId: row.issuer_id, account: accountOf(row) };
}

/** One account for each bank of the latest issuers. */
export async function findAccounts(tx: EntityManager, banksMax: number): Promise<readonly BankAccount[]> {
  const rows: AccountRow[] = await tx.query(
    `select bank_code, account
     from (select distinct on (bank_code) bank_code, account, created_at from issuers order by bank_code, created_at desc) i
     order by created_at desc
     limit $1`,
    [banksMax],
  );
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
const digestOf = (ids: string): string => `hash_array_extended(${ids}, 0)`;

/**
 * The part's debts in line order. A debt's index in this list is its position in the part's block of numbers. Two
 * arrays are returned instead of ten thousand rows, because parsing the rows would cost more than composing their
 * boletos.
 */
export async function findDebts(tx: EntityManager, part: ChunkPart): Promise<DebtsToIssue> {
  const rows: { count: number; digest: string | null; amounts: Buffer | null; due_dates: Buffer | null }[] =
    await tx.query(
      `select count(*)::int as count, ${digestOf('array_agg(id)')} as digest,
              array_send(array_agg(amount_centavos)) as amounts, array_send(array_agg(due_date)) as due_dates
       from (
         select id, amount_centavos, due_date
         from debts
         where batch_id = $1 and chunk_no = $2 and line >= $3 and ($4::bigint is null or line <= $4)
         order by line
       ) in_order`,
      [part.batchId, part.chunkNo, part.fromLine, part.toLine],
    );
  const { count = 0, digest, amounts, due_dates: dueDates } = rows[0] ?? {};
  return {
    count,
    digest: digest ?? '',
    amounts: amounts ? readBigints(amounts) : new Float64Array(),
    dueDays: dueDates ? readDays(dueDates) : new Int32Array(),
  };
}

/**
 * Reserves `count` consecutive numbers for the part and returns the first. It runs in a short transaction of its own,
 * because it locks the bank account, whose issuers share its numbers. A part that asks again gets its existing block,
 * so a crash after this leaves no gap. There are two exceptions: the year has turned since (boletos are printed with
 * their year's numbers), or the part has grown by neighbours that are tried again with it (their blocks are not
 * adjacent). Returns undefined when the account has fewer numbers left.
 */
export async function reserveBlock(
  tx: EntityManager,
  { batchId, chunkNo, fromLine }: ChunkPart,
  { issuerId, account }: Pick<Issuing, 'issuerId' | 'account'>,
  { count, day }: { readonly count: number; readonly day: CalendarDate },
): Promise<bigint | undefined> {
  // The lock comes first, so that of two deliveries of one part the second sees the block of the first.
  const accounts: { id: string; next_nosso_numero: string }[] = await tx.query(
    `select id, next_nosso_numero from bank_accounts
     where id = (select bank_account_id from issuers where id = $1) for no key update`,
    [issuerId],
  );
  const blocks: { first_number: string; count: number }[] = await tx.query(
    `select first_number, count from nosso_numero_blocks where batch_id = $1 and chunk_no = $2 and from_line = $3`,
    [batchId, chunkNo, fromLine],
  );
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
  await tx.query(`update bank_accounts set next_nosso_numero = $2 where id = $1`, [
    found.id,
    (first + BigInt(count)).toString(),
  ]);
  await tx.query(
    `insert into nosso_numero_blocks (batch_id, chunk_no, from_line, issuer_id, first_number, count)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (batch_id, chunk_no, from_line) do update set first_number = excluded.first_number, count = excluded.count`,
    [batchId, chunkNo, fromLine, issuerId, first.toString(), count],
  );
  return first;
}

/**
 * True if boletos were issued from the block. The part keeps such a block: it is delivered again and issues nothing.
 */
async function isUsed(tx: EntityManager, issuerId: string, first: bigint): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select from boletos where issuer_id = $1 and nosso_numero = $2`, [
    issuerId,
    first.toString(),
  ]);
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

/**
 * Inserts the boletos and returns their number. Issuer, batch, chunk and debts come from the part's own rows, which the
 * statement reads before it writes, so a boleto without a debt cannot be inserted (ADR 19). If the part's debts differ
 * from those of the boletos in any id or in their order, debt_id is null, and the table refuses the rows.
 */
export async function insertBoletos(
  tx: EntityManager,
  { part, issuedOn }: { readonly part: ChunkPart; readonly issuedOn: CalendarDate },
  { debtsDigest, first, count, ...boletos }: NewBoletos,
): Promise<number> {
  return await writeRows(
    tx,
    `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                          codigo_barras, linha_digitavel, issued_on)
     select t.id, b.issuer_id, case when debts.are_the_same then t.debt_id end, c.batch_id, c.chunk_no,
            t.nosso_numero, t.nosso_numero_impresso, t.codigo_barras, t.linha_digitavel, $5::date
     from chunks c
     join batches b on b.id = c.batch_id
     cross join lateral (
       select array_agg(id) as ids, ${digestOf('array_agg(id)')} = $6::bigint as are_the_same
       from (
         select id
         from debts
         where batch_id = c.batch_id and chunk_no = c.chunk_no and line >= $3 and ($4::bigint is null or line <= $4)
         order by line
       ) in_order
     ) debts
     cross join lateral (
       -- In the select list, because after FROM all rows would be materialised before the first is written.
       select unnest($9::uuid[]) as id, unnest(debts.ids) as debt_id, generate_series($7::bigint, $8::bigint) as nosso_numero,
              unnest($10::text[]) as nosso_numero_impresso, unnest($11::text[]) as codigo_barras,
              unnest($12::text[]) as linha_digitavel
     ) t
     where c.batch_id = $1 and c.chunk_no = $2`,
    [
      part.batchId,
      part.chunkNo,
      part.fromLine,
      part.toLine,
      issuedOn,
      debtsDigest,
      first.toString(),
      (first + BigInt(count) - 1n).toString(),
      boletos.ids,
      boletos.nossosNumerosImpressos,
      boletos.codigosBarras,
      boletos.linhasDigitaveis,
    ],
  );
}

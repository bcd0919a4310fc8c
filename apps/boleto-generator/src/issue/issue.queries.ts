import type { EntityManager } from 'typeorm';
import type { Part } from '#accounting';
import type { BankAccount } from '#boleto';
import type { CalendarDate } from '#calendar';
import { centavos, type Centavos } from '#money';

export interface Issuing {
  readonly batchStatus: string;
  readonly issuerId: string;
  readonly account: BankAccount;
}

export async function findIssuing(tx: EntityManager, batchId: string): Promise<Issuing | undefined> {
  const rows: { status: string; issuer_id: string; bank_code: string; account: Omit<BankAccount, 'bankCode'> }[] =
    await tx.query(
      `select b.status, b.issuer_id, i.bank_code, i.account
       from batches b
       join issuers i on i.id = b.issuer_id
       where b.id = $1`,
      [batchId],
    );
  const row = rows[0];
  if (row === undefined) return undefined;
  return { batchStatus: row.status, issuerId: row.issuer_id, account: { ...row.account, bankCode: row.bank_code } };
}

export interface DebtToIssue {
  readonly id: string;
  readonly amount: Centavos;
  readonly dueDate: CalendarDate;
}

/** The part's debts in line order: a debt's place in this list is its place in the part's block of numbers. */
export async function findDebts(tx: EntityManager, part: Part): Promise<readonly DebtToIssue[]> {
  const rows: { id: string; amount_centavos: string; due_date: string }[] = await tx.query(
    `select id, amount_centavos, due_date::text as due_date
     from debts
     where batch_id = $1 and chunk_no = $2 and line >= $3 and ($4::bigint is null or line <= $4)
     order by line`,
    [part.batchId, part.chunkNo, part.fromLine, part.toLine],
  );
  return rows.map((row) => ({
    id: row.id,
    amount: centavos(BigInt(row.amount_centavos)),
    dueDate: row.due_date as CalendarDate,
  }));
}

/**
 * The first of `count` consecutive numbers for the part. Runs in a transaction of its own, short, because it locks
 * the issuer; a part that asks again gets the block it has, so a crash after this leaves no gap. Undefined when the
 * issuer's range cannot hold the block.
 */
export async function reserveBlock(
  tx: EntityManager,
  { batchId, chunkNo, fromLine }: Part,
  issuerId: string,
  count: number,
  numberMax: bigint,
): Promise<bigint | undefined> {
  // The lock comes first: of two deliveries of one part, the second sees the block of the first.
  const issuers: { next_nosso_numero: string }[] = await tx.query(
    `select next_nosso_numero from issuers where id = $1 for no key update`,
    [issuerId],
  );
  const blocks: { first_number: string; count: number }[] = await tx.query(
    `select first_number, count from nosso_numero_blocks where batch_id = $1 and chunk_no = $2 and from_line = $3`,
    [batchId, chunkNo, fromLine],
  );
  const [block] = blocks;
  if (block !== undefined) {
    if (block.count < count)
      throw new Error(`the part has ${count.toString()} debts, its block ${block.count.toString()}`);
    return BigInt(block.first_number);
  }
  const next = BigInt(issuers[0]?.next_nosso_numero ?? 1);
  if (next + BigInt(count) - 1n > numberMax) return undefined;
  await tx.query(`update issuers set next_nosso_numero = next_nosso_numero + $2 where id = $1`, [issuerId, count]);
  await tx.query(
    `insert into nosso_numero_blocks (batch_id, chunk_no, from_line, issuer_id, first_number, count)
     values ($1, $2, $3, $4, $5, $6)`,
    [batchId, chunkNo, fromLine, issuerId, next.toString(), count],
  );
  return next;
}

export interface NewBoleto {
  readonly id: string;
  readonly debtId: string;
  readonly sequence: bigint;
  readonly nossoNumeroImpresso: string;
  readonly codigoBarras: string;
  readonly linhaDigitavel: string;
}

export async function insertBoletos(
  tx: EntityManager,
  { issuerId, part, issuedOn }: { readonly issuerId: string; readonly part: Part; readonly issuedOn: CalendarDate },
  boletos: readonly NewBoleto[],
): Promise<void> {
  await tx.query(
    `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                          codigo_barras, linha_digitavel, issued_on)
     select id, $1, debt_id, $2, $3, nosso_numero, nosso_numero_impresso, codigo_barras, linha_digitavel, $4
     from unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[])
       as t (id, debt_id, nosso_numero, nosso_numero_impresso, codigo_barras, linha_digitavel)`,
    [
      issuerId,
      part.batchId,
      part.chunkNo,
      issuedOn,
      boletos.map(({ id }) => id),
      boletos.map(({ debtId }) => debtId),
      boletos.map(({ sequence }) => sequence.toString()),
      boletos.map(({ nossoNumeroImpresso }) => nossoNumeroImpresso),
      boletos.map(({ codigoBarras }) => codigoBarras),
      boletos.map(({ linhaDigitavel }) => linhaDigitavel),
    ],
  );
}

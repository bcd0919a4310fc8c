import { composerFor, type BankAccount } from '#boleto';
import type { Address, BoletoDocument } from '#boleto-page';
import { column, fragment, sql, type Db } from '#database';
import type { PixReceiver } from '#pix';
import { assembleDocument, type IssuerFacts, type IssuerTerms } from './assemble-document.ts';

/**
 * Selects boletos: those with these ids, or those of a chunk whose rows start on the lines `fromLine` to `toLine`, both
 * included. Without lines it selects the whole chunk. A message about a part of a chunk can be passed unchanged.
 */
export type BoletosWhere =
  | { readonly boletoIds: readonly string[] }
  | {
      readonly batchId: string;
      readonly chunkNo: number;
      readonly fromLine?: number;
      readonly toLine?: number | null;
    };

/** A boleto with everything that is needed to print and to send it. */
export interface LoadedBoleto {
  readonly boletoId: string;
  /** The issuer's id of the debt. */
  readonly debtId: string;
  /** The e-mail address in the debt's own row. */
  readonly email: string;
  /** Physical line of the row in its file. */
  readonly line: number;
  readonly document: BoletoDocument;
}

/**
 * The printable documents of many boletos, in line order. Ids that do not exist are left out. It runs two statements,
 * however many boletos there are. All of them are held in memory, so load about a chunk at a time.
 * @throws Error when a stored boleto differs from the one that its issuer, number, amount and due date give
 */
export async function loadBoletoDocuments(db: Db, where: BoletosWhere): Promise<readonly LoadedBoleto[]> {
  const rows = await selectBoletos(db, where);
  const issuers = await selectIssuers(db, [...new Set(rows.map((row) => row.issuer_id))]);
  return rows.map((row) => ({
    boletoId: row.boleto_id,
    debtId: row.debt_id,
    email: row.email,
    line: Number(row.line),
    document: assembleDocument(issuers, {
      boletoId: row.boleto_id,
      issuerId: row.issuer_id,
      sequence: BigInt(row.nosso_numero),
      nossoNumeroImpresso: row.nosso_numero_impresso,
      codigoBarras: row.codigo_barras,
      linhaDigitavel: row.linha_digitavel,
      issuedOn: row.issued_on,
      createdAt: row.created_at,
      debtId: row.debt_id,
      amountCentavos: BigInt(row.amount_centavos),
      dueDate: row.due_date,
      payer: { name: row.name, document: row.document, address: row.address ?? undefined },
    }),
  }));
}

/** The issuer is not joined, because its account and instructions would be repeated in every row. */
const SELECT_BOLETOS = fragment`
  select b.id as boleto_id,
         b.issuer_id,
         b.nosso_numero,
         b.nosso_numero_impresso,
         b.codigo_barras,
         b.linha_digitavel,
         b.issued_on,
         b.created_at,
         d.debt_id,
         d.email,
         d.amount_centavos,
         d.due_date,
         d.line,
         coalesce(d.payer_name, p.name) as name,
         p.document,
         p.address
    from boletos b
    join debts d on d.id = b.debt_id
    join debtors p on p.id = d.debtor_id`;

const BOLETO_COLUMNS = {
  boleto_id: 'uuid',
  issuer_id: 'uuid',
  nosso_numero: 'int8',
  nosso_numero_impresso: 'text',
  codigo_barras: 'text',
  linha_digitavel: 'text',
  issued_on: 'date',
  created_at: 'timestamptz',
  debt_id: 'text',
  email: 'text',
  amount_centavos: 'int8',
  due_date: 'date',
  line: 'int8',
  name: 'text',
  document: 'text',
  address: column<Address | null>('jsonb'),
} as const;

const BOLETOS_OF_CHUNK = sql.returning(BOLETO_COLUMNS)`
  ${SELECT_BOLETOS}
   where b.batch_id = ${'batchId'} and b.chunk_no = ${'chunkNo'}
     and d.line >= ${'fromLine'} and (${'toLine'}::bigint is null or d.line <= ${'toLine'})
   order by d.line, b.id`;

const BOLETOS_BY_ID = sql.returning(BOLETO_COLUMNS)`
  ${SELECT_BOLETOS}
   where b.id = any(${'boletoIds'}::uuid[])
   order by d.line, b.id`;

async function selectBoletos(db: Db, where: BoletosWhere) {
  if ('boletoIds' in where) return await BOLETOS_BY_ID.rows(db, { boletoIds: where.boletoIds });
  const { batchId, chunkNo, fromLine, toLine } = where;
  return await BOLETOS_OF_CHUNK.rows(db, { batchId, chunkNo, fromLine: fromLine ?? 1, toLine: toLine ?? null });
}

interface TermsRow extends Omit<IssuerTerms, 'sacador'> {
  readonly sacador: { readonly name: string; readonly document: string } | null;
}

function termsOf({ especie, instructions, fees, sacador }: TermsRow): IssuerTerms {
  return { especie, instructions, fees, sacador: sacador ?? undefined };
}

const SELECT_ISSUERS = sql.returning({
  id: 'uuid',
  name: 'text',
  document: 'text',
  address: column<Address>('jsonb'),
  bank_code: 'text',
  account: column<Omit<BankAccount, 'bankCode'>>('jsonb'),
  especie: 'text',
  instructions: column<TermsRow['instructions']>('jsonb'),
  fees: column<TermsRow['fees']>('jsonb'),
  pix: column<PixReceiver | null>('jsonb'),
  logo: 'bytea?',
  sacador: column<TermsRow['sacador']>('jsonb'),
  past_terms: column<readonly (TermsRow & { /** ISO 8601 */ readonly until: string })[]>('jsonb'),
})`
  select id, name, document, address, bank_code, account, especie, instructions, fees, pix, logo, sacador,
         (select coalesce(jsonb_agg(t order by t.until), '[]') from issuer_terms t where t.issuer_id = i.id) as past_terms
    from issuers i
   where id = any(${'issuerIds'}::uuid[])`;

async function selectIssuers(db: Db, issuerIds: readonly string[]): Promise<ReadonlyMap<string, IssuerFacts>> {
  const rows = await SELECT_ISSUERS.rows(db, { issuerIds });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        // One logo object for all boletos, because the printer recognises a logo by its object before it reads the
        // bytes.
        beneficiary: { name: row.name, document: row.document, address: row.address, logo: row.logo ?? undefined },
        compose: composerFor({ ...row.account, bankCode: row.bank_code }),
        terms: termsOf(row),
        pastTerms: row.past_terms.map((each) => ({ ...termsOf(each), until: new Date(each.until) })),
        pix: row.pix ?? undefined,
      },
    ]),
  );
}

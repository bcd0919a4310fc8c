import type { EntityManager } from 'typeorm';
import { composerFor, type BankAccount } from '#boleto';
import type { Address, BoletoDocument } from '#boleto-page';
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
export async function loadBoletoDocuments(
  tx: Pick<EntityManager, 'query'>,
  where: BoletosWhere,
): Promise<readonly LoadedBoleto[]> {
  const rows = await selectBoletos(tx, where);
  const issuers = await selectIssuers(tx, [...new Set(rows.map((row) => row.issuer_id))]);
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

interface BoletoRow {
  readonly boleto_id: string;
  readonly issuer_id: string;
  readonly nosso_numero: string;
  readonly nosso_numero_impresso: string;
  readonly codigo_barras: string;
  readonly linha_digitavel: string;
  readonly issued_on: string;
  readonly created_at: Date;
  readonly debt_id: string;
  readonly email: string;
  readonly amount_centavos: string;
  readonly due_date: string;
  readonly line: string;
  readonly name: string;
  readonly document: string;
  readonly address: Address | null;
}

/** The issuer is not joined, because its account and instructions would be repeated in every row. */
async function selectBoletos(tx: Pick<EntityManager, 'query'>, where: BoletosWhere): Promise<readonly BoletoRow[]> {
  const byChunk = 'batchId' in where;
  return await tx.query<BoletoRow[]>(
    `select b.id as boleto_id,
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
       join debtors p on p.id = d.debtor_id
      where ${
        byChunk
          ? 'b.batch_id = $1 and b.chunk_no = $2 and d.line >= $3 and ($4::bigint is null or d.line <= $4)'
          : 'b.id = any($1::uuid[])'
      }
      order by d.line, b.id`,
    byChunk ? [where.batchId, where.chunkNo, where.fromLine ?? 1, where.toLine ?? null] : [where.boletoIds],
  );
}

interface IssuerRow extends TermsRow {
  readonly id: string;
  readonly name: string;
  readonly document: string;
  readonly address: Address;
  readonly bank_code: string;
  readonly account: Omit<BankAccount, 'bankCode'>;
  readonly pix: PixReceiver | null;
  readonly logo: Buffer | null;
  readonly past_terms: readonly (TermsRow & { /** ISO 8601 */ readonly until: string })[];
}

interface TermsRow extends Omit<IssuerTerms, 'sacador'> {
  readonly sacador: { readonly name: string; readonly document: string } | null;
}

function termsOf({ especie, instructions, fees, sacador }: TermsRow): IssuerTerms {
  return { especie, instructions, fees, sacador: sacador ?? undefined };
}

async function selectIssuers(
  tx: Pick<EntityManager, 'query'>,
  issuerIds: readonly string[],
): Promise<ReadonlyMap<string, IssuerFacts>> {
  const rows = await tx.query<IssuerRow[]>(
    `select id, name, document, address, bank_code, account, especie, instructions, fees, pix, logo, sacador,
            array(select to_jsonb(t) from issuer_terms t where t.issuer_id = i.id order by t.until) as past_terms
       from issuers i
      where id = any($1::uuid[])`,
    [issuerIds],
  );
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

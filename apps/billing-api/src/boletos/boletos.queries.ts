import { OWN_ISSUER, type TenantDb } from '#access';
import type { BoletoStatus, NotificationStatus } from '#contracts';
import { column, sql } from '#database';

export interface BoletoFacts {
  readonly id: string;
  readonly batchId: string;
  readonly status: BoletoStatus;
  readonly nossoNumeroImpresso: string;
  readonly codigoBarras: string;
  readonly linhaDigitavel: string;
  readonly issuedOn: string;
  readonly debtId: string;
  readonly line: number;
  readonly amountCentavos: bigint;
  readonly dueDate: string;
  readonly payer: { readonly name: string; readonly document: string };
  readonly issuer: { readonly id: string; readonly name: string; readonly bankCode: string };
  /** Undefined until the notifier has come to it. */
  readonly notification: NotificationStatus | undefined;
}

const FIND_BOLETO = sql.prepared({
  id: 'uuid',
  batch_id: 'uuid',
  status: column<BoletoFacts['status']>('text'),
  nosso_numero_impresso: 'text',
  codigo_barras: 'text',
  linha_digitavel: 'text',
  issued_on: 'date',
  debt_id: 'text',
  line: 'int8',
  amount_centavos: 'int8',
  due_date: 'date',
  payer_name: 'text',
  payer_document: 'text',
  issuer_id: 'uuid',
  issuer_name: 'text',
  bank_code: 'text',
  notification: column<NotificationStatus | null>('text'),
})`
  select b.id,
         b.batch_id,
         b.status,
         b.nosso_numero_impresso,
         b.codigo_barras,
         b.linha_digitavel,
         b.issued_on,
         d.debt_id,
         d.line,
         d.amount_centavos,
         d.due_date,
         coalesce(d.payer_name, p.name) as payer_name,
         p.document as payer_document,
         i.id as issuer_id,
         i.name as issuer_name,
         i.bank_code,
         n.status as notification
    from boletos b
    join debts d on d.id = b.debt_id
    join debtors p on p.id = d.debtor_id
    join issuers i on i.id = b.issuer_id
    left join notifications n on n.boleto_id = b.id and n.kind = 'boleto_issued'
   where b.id = ${'boletoId'} and ${OWN_ISSUER}`;

/** Undefined if there is no such boleto of the caller's. */
export async function findBoleto(db: TenantDb, boletoId: string): Promise<BoletoFacts | undefined> {
  const rows = await FIND_BOLETO.rows(db, { ...db.scope, boletoId });
  return rows.map((row) => ({
    id: row.id,
    batchId: row.batch_id,
    status: row.status,
    nossoNumeroImpresso: row.nosso_numero_impresso,
    codigoBarras: row.codigo_barras,
    linhaDigitavel: row.linha_digitavel,
    issuedOn: row.issued_on,
    debtId: row.debt_id,
    line: Number(row.line),
    amountCentavos: BigInt(row.amount_centavos),
    dueDate: row.due_date,
    payer: { name: row.payer_name, document: row.payer_document },
    issuer: { id: row.issuer_id, name: row.issuer_name, bankCode: row.bank_code },
    notification: row.notification ?? undefined,
  }))[0];
}

const HAS_BOLETO = sql`
  select 1 from boletos b join issuers i on i.id = b.issuer_id where b.id = ${'boletoId'} and ${OWN_ISSUER}`;

/** False if there is no such boleto of the caller's. */
export async function hasBoleto(db: TenantDb, boletoId: string): Promise<boolean> {
  return (await HAS_BOLETO.rows(db, { ...db.scope, boletoId })).length === 1;
}

import { Writable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { composeBoleto, type BankAccount } from '#boleto';
import { parseIsoDate } from '#calendar';
import type { Db } from '#database';
import { startHttpService } from '#http';
import { centavos } from '#money';
import { insertBatch, insertBoleto, insertChunk, insertDebt, insertDebtor, insertIssuer } from '#testing';
import { carryTestKey } from '../../../libs/billing/access/src/test-key.fixture.ts';
import type { Config } from './config.ts';
import { billingApi } from './http-options.ts';

/** The start of links. The app itself listens elsewhere, on a free port. */
export const PUBLIC = 'http://billing.test';

export interface RunningApp {
  /** Where it listens. */
  readonly url: string;
  /** The API key that `fetch` sends there. */
  readonly key: string;
  readonly managementUrl: string;
  stop(): Promise<void>;
}

/** The whole app, on free ports. */
export async function startApp(options: {
  readonly databaseUrl: string;
  readonly storageUrl?: string;
  /** The database as a role that may make a key; the app's own by default. */
  readonly ownerUrl?: string;
  /** The settings that differ. */
  readonly config?: Partial<Config>;
}): Promise<RunningApp> {
  const service = startHttpService({
    ...billingApi({
      DATABASE_URL: options.databaseUrl,
      DATABASE_POOL_MAX: 5,
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: 0,
      LOG_LEVEL: 'info',
      STORAGE_URL: options.storageUrl ?? 'file:///nonexistent/storage',
      SHUTDOWN_GRACE_MS: 5_000,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 0,
      PUBLIC_URL: PUBLIC,
      HTTP_HOSTS_ALLOWED: [],
      TRUSTED_PROXIES: [],
      CLIENT_CONNECTIONS_MAX: 100,
      CLIENT_MISSES_PER_MINUTE: 60,
      REPLICAS: 1,
      OUTBOX_DUE_MAX: 10_000,
      TIME_ZONE: 'America/Sao_Paulo',
      FOUR_EYES: false,
      CLIENT_SIGN_INS_PER_MINUTE: 10_000,
      ENCRYPTION_SECRET: 'a secret for tests, of 32 characters and more',
      OIDC_ACR: [],
      OIDC_ALLOWED_DOMAINS: [],
      ...options.config,
    }),
    logStream: new Writable({
      write: (_line, _encoding, done) => {
        done();
      },
    }),
  });
  const { port, managementPort } = await service.started;
  const url = `http://127.0.0.1:${port.toString()}`;
  const key = await carryTestKey(options.ownerUrl ?? options.databaseUrl, [url]);
  return {
    url,
    key,
    managementUrl: `http://127.0.0.1:${managementPort.toString()}`,
    stop: () => service.stop(),
  };
}

/** Runs `change` while invariants that other apps keep are not checked: tests arrange states, not histories. */
export async function setStatus(
  db: Db,
  batchId: string,
  status: string,
  facts: { readonly rowsRead?: number; readonly completedAt?: Date } = {},
): Promise<void> {
  await db.query(
    `update batches
        set status = $2,
            rows_read = coalesce($3::bigint, rows_read),
            chunks_total = case when $3::bigint is null then chunks_total else 1 end,
            split_at = case when $3::bigint is null then split_at else now() end,
            completed_at = coalesce($4::timestamptz, completed_at)
      where id = $1`,
    [batchId, status, facts.rowsRead ?? null, facts.completedAt ?? null],
  );
}

/**
 * Many debts of one batch with one chunk, issued and notified, lines from 2. Their barcodes are digits only: for tests
 * of amounts of data, not of numbers.
 */
export async function insertManyResults(
  dataSource: DataSource,
  batch: { readonly issuerId: string; readonly batchId: string; readonly debtorId: string },
  count: number,
  options: { readonly debtIdChars?: number } = {},
): Promise<void> {
  const { issuerId, batchId, debtorId } = batch;
  await dataSource.transaction(async (tx) => {
    await tx.query(
      `insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
       select $1, rpad('F-' || n || '-', $5, 'x'), $2, 'debtor@example.com', 100 + n, '2030-01-31', $3, 0, n + 1
         from generate_series(1, $4::int) n`,
      [issuerId, debtorId, batchId, count, options.debtIdChars ?? 12],
    );
    await tx.query(
      `insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                            codigo_barras, linha_digitavel, issued_on)
       select gen_random_uuid(), issuer_id, id, batch_id, chunk_no, line, line::text,
              lpad(line::text, 44, '0'), lpad(line::text, 47, '0'), '2030-01-01'
         from debts
        where batch_id = $1`,
      [batchId],
    );
    await tx.query(
      `insert into notifications (boleto_id, kind, batch_id, recipient, status, message_id)
       select id, 'boleto_issued', batch_id, 'debtor@example.com', 'sent', '<' || id || '@example.com>'
         from boletos
        where batch_id = $1`,
      [batchId],
    );
  });
}

const ACCOUNT: BankAccount = {
  bankCode: '001',
  agencia: '1234',
  agenciaDv: '3',
  conta: '12345678',
  contaDv: '9',
  carteira: '17',
  variacao: '019',
  convenio: '7654321',
};

/** R$ 123,45 due on 31 January 2030, number 17, with the numbers that the issuer's account gives. */
export async function insertComposed(db: Db, owner: { readonly organizationId?: string } = {}) {
  const { bankCode, ...fields } = ACCOUNT;
  const issuer = await insertIssuer(db, { bankCode, account: fields, ...owner });
  const { id: batchId } = await insertBatch(db, { issuerId: issuer.id });
  await insertChunk(db, { batchId });
  const { id: debtorId } = await insertDebtor(db, { issuerId: issuer.id, document: '52998224725' });
  const debt = await insertDebt(db, { issuerId: issuer.id, batchId, debtorId, debtId: 'F-1001', line: 7n });
  const dueDate = parseIsoDate(debt.dueDate);
  if (dueDate === undefined) throw new Error('the builder gives a date');
  const composed = composeBoleto(ACCOUNT, { sequence: 17n, amount: centavos(debt.amountCentavos), dueDate });
  const { codigoBarras, linhaDigitavel, nossoNumeroImpresso } = composed;
  const boleto = await insertBoleto(db, debt, { nossoNumero: 17n, codigoBarras, linhaDigitavel, nossoNumeroImpresso });
  return { issuer, batchId, boleto, composed };
}

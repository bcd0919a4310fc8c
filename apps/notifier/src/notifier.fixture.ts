import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { onTestFinished } from 'vitest';
import { composeBoleto, type BankAccount } from '#boleto';
import type { Delivery } from '#broker';
import { parseIsoDate } from '#calendar';
import type { Message } from '#contracts';
import { withTransaction } from '#database';
import { centavos } from '#money';
import { createMetrics } from '#observability';
import { DEFAULT_ORGANIZATION_ID, insertBatch, insertChunk, insertDebtor, insertIssuer, silentLogger } from '#testing';
import type { Rate } from '#token-buckets';
import { BoletoMailer } from './boletos/boleto-mailer.ts';
import { NotifyChunkHandler } from './boletos/notify-chunk.handler.ts';
import { NotifyRecipientHandler } from './boletos/notify-recipient.handler.ts';
import { DailyEmails } from './smtp/daily-emails.ts';
import { MailServer } from './smtp/mail-server.fixture.ts';
import { SmtpRate } from './smtp/smtp-rate.ts';

export type Part = Message<'chunk.issued.v1'>;

export interface Given {
  readonly part: Part;
  readonly emails: readonly string[];
  readonly boletoIds: readonly string[];
}

/** Small slices, so that a test needs few e-mails. */
const SLICE_MAX = 40;
const GROUP_MAX = 10;

const ACCOUNT: BankAccount = {
  bankCode: '001',
  agencia: '1234',
  agenciaDv: '3',
  conta: '12345678',
  contaDv: '9',
  carteira: '17',
  variacao: '019',
  convenio: '1234567',
};
const AMOUNT_CENTAVOS = 12_345n;
const DUE_DATE = '2030-01-31';

/** Inserts an issued chunk of `count` boletos, on lines from 2. */
export async function issuedChunk(
  db: DataSource,
  count: number,
  status: 'processing' | 'cancelled' = 'processing',
  organizationId = DEFAULT_ORGANIZATION_ID,
): Promise<Given> {
  const issuer = await insertIssuer(db, { bankCode: ACCOUNT.bankCode, account: ACCOUNT, organizationId });
  const { id: batchId } = await insertBatch(db, { issuerId: issuer.id, status });
  await insertChunk(db, { batchId, rows: count });
  const { id: debtorId } = await insertDebtor(db, { issuerId: issuer.id });
  const dueDate = parseIsoDate(DUE_DATE);
  if (dueDate === undefined) throw new Error('not a date');
  const boletos = Array.from({ length: count }, (_, at) => {
    const composed = composeBoleto(ACCOUNT, {
      sequence: BigInt(at + 1),
      amount: centavos(AMOUNT_CENTAVOS),
      dueDate,
    });
    return {
      id: randomUUID(),
      line: at + 2,
      email: `debtor${at.toString()}.${batchId.slice(0, 8)}@example.com`,
      composed,
    };
  });
  await db.query(
    `with debt as (
       insert into debts (issuer_id, debt_id, debtor_id, email, amount_centavos, due_date, batch_id, chunk_no, line)
       select $1, $2::uuid::text || '-' || line, $3, email, $4, $5, $2::uuid, 0, line
       from unnest($6::bigint[], $7::text[]) as t (line, email)
       returning id, line
     )
     insert into boletos (id, issuer_id, debt_id, batch_id, chunk_no, nosso_numero, nosso_numero_impresso,
                          codigo_barras, linha_digitavel, issued_on)
     select t.id, $1, debt.id, $2::uuid, 0, t.line - 1, t.printed, t.bars, t.digits, '2030-01-01'
     from unnest($8::uuid[], $6::bigint[], $9::text[], $10::text[], $11::text[]) as t (id, line, printed, bars, digits)
     join debt on debt.line = t.line`,
    [
      issuer.id,
      batchId,
      debtorId,
      AMOUNT_CENTAVOS,
      DUE_DATE,
      boletos.map(({ line }) => line),
      boletos.map(({ email }) => email),
      boletos.map(({ id }) => id),
      boletos.map(({ composed }) => composed.nossoNumeroImpresso),
      boletos.map(({ composed }) => composed.codigoBarras),
      boletos.map(({ composed }) => composed.linhaDigitavel),
    ],
  );
  return {
    part: { batchId, chunkNo: 0, fromLine: 2, toLine: null },
    emails: boletos.map(({ email }) => email),
    boletoIds: boletos.map(({ id }) => id),
  };
}

export interface Notifier {
  readonly server: MailServer;
  readonly chunks: NotifyChunkHandler;
  readonly recipients: NotifyRecipientHandler;
  readonly rate: SmtpRate;
  readonly metrics: ReturnType<typeof createMetrics>;
}

export interface NotifierOptions {
  readonly rate?: Rate | null;
  /** The mail server of another notifier. */
  readonly server?: MailServer;
}

/** Starts the handlers of one process and a mail server. Both end with the test. */
export async function notifier(
  db: DataSource,
  { rate: limit = null, server: given }: NotifierOptions = {},
): Promise<Notifier> {
  const server = given ?? new MailServer();
  if (given === undefined) await server.start();
  const metrics = createMetrics({ service: 'test', version: '0' });
  const config = {
    SMTP_URL: server.url,
    MAIL_FROM: 'Cobrança <cobranca@example.com>',
    SMTP_CONNECTIONS_MAX: 3,
    SMTP_TIMEOUT_MS: 120_000,
    MESSAGE_ID_DOMAIN: 'mail.example.com',
    MESSAGE_ID_SECRET: 'the secret of the Message-IDs of these tests',
    SMTP_REQUIRE_TLS: undefined,
    SMTP_RATE_PER_SECOND: limit?.ratePerSecond,
    SMTP_BURST: limit?.burst,
    NOTIFY_SLICE_MAX: SLICE_MAX,
    NOTIFY_GROUP_MAX: GROUP_MAX,
    RETRY_DELAYS_MS: [20],
  };
  const mailer = new BoletoMailer(config, metrics);
  const rate = new SmtpRate(db, config, metrics);
  onTestFinished(async () => {
    await rate.stop();
    mailer.onModuleDestroy();
    await server.stop();
  });
  return {
    server,
    metrics,
    rate,
    chunks: new NotifyChunkHandler(db, mailer, rate, new DailyEmails(db), config, silentLogger()),
    recipients: new NotifyRecipientHandler(db, mailer, rate),
  };
}

/** A delivery without a broker, whose end the test decides. */
export function deliveryOf(
  db: DataSource,
  part: Part,
  signal = new AbortController().signal,
): Delivery<'notifier.chunks'> {
  return {
    message: part,
    messageId: randomUUID(),
    isAlone: false,
    attempt: 1,
    signal,
    commit: async (work) => await withTransaction(db, work),
  };
}

export interface Row {
  readonly boletoId: string;
  readonly recipient: string;
  readonly status: string;
  readonly attempts: number;
  readonly messageId: string | null;
  readonly lastError: { readonly class: string; readonly code: string; readonly message: string } | null;
}

/** The notifications of the chunk, in line order. */
export async function notifications(db: DataSource, { part }: Given): Promise<readonly Row[]> {
  return await db.query<Row[]>(
    `select n.boleto_id as "boletoId", n.recipient, n.status, n.attempts, n.message_id as "messageId", n.last_error as "lastError"
     from notifications n
     join boletos b on b.id = n.boleto_id
     join debts d on d.id = b.debt_id
     where n.batch_id = $1
     order by d.line`,
    [part.batchId],
  );
}

/** Expires the claims on the chunk's e-mails, as time does once no process extends them. */
export async function abandonClaims(db: DataSource, { part }: Given): Promise<void> {
  await db.query(
    `update notifications set claimed_until = now() - interval '1 ms' where batch_id = $1 and claimed_by is not null`,
    [part.batchId],
  );
}

export const toEach = (emails: readonly string[]): readonly string[] => emails.toSorted();

export const recipientsOf = ({ mails }: MailServer): readonly string[] => mails.map(({ to }) => to).toSorted();

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import PostalMime, { type Email } from 'postal-mime';
import { boletoMessageId } from '../../apps/notifier/src/boletos/boleto-message-id.ts';
import { messageFiles, parseHeaders } from '../../scripts/lib/mail/mailbox.mjs';
import type { Harness } from './harness.ts';

/** The fields of GET /v1/batches/{id} that these tests read. */
export interface Batch {
  readonly id: string;
  readonly status: string;
  readonly dialect: Readonly<Record<string, unknown>> | null;
  readonly rows: {
    readonly read: number | null;
    readonly accepted: number;
    readonly duplicate: number;
    readonly rejected: number;
    readonly dead: number;
  };
  readonly identityHolds: boolean | null;
  readonly boletos: { readonly issued: number };
  readonly notifications: { readonly pending: number; readonly sent: number; readonly failed: number };
  readonly links: Readonly<Record<'self' | 'results' | 'rejections' | 'exports', string>>;
}

export interface Uploaded {
  readonly id: string;
  readonly status: string;
  readonly links: Readonly<Record<string, string>>;
}

export type CsvRecord = Readonly<Record<string, string>>;

/** Sends a file and returns any answer. */
export async function send(
  { system }: Harness,
  content: string | Uint8Array,
  fields: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), 'dívidas.csv');
  return await fetch(`${system.url}/v1/batches`, { method: 'POST', body });
}

/** Sends a file that must be accepted. */
export async function upload(
  harness: Harness,
  content: string | Uint8Array,
  fields?: Readonly<Record<string, string>>,
): Promise<Uploaded & { readonly httpStatus: number }> {
  const response = await send(harness, content, fields);
  const text = await response.text();
  if (response.status !== 202 && response.status !== 200) {
    throw new Error(`the upload was answered ${response.status.toString()}: ${text}`);
  }
  return { ...(JSON.parse(text) as Uploaded), httpStatus: response.status };
}

export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status.toString()}: ${text}`);
  return JSON.parse(text) as T;
}

export function batchUrl({ system }: Harness, id: string): string {
  return `${system.url}/v1/batches/${id}`;
}

export async function getBatch(harness: Harness, id: string): Promise<Batch> {
  return await getJson<Batch>(batchUrl(harness, id));
}

/** True if the batch cannot change any more. */
export function isSettled({ status, notifications }: Batch): boolean {
  return (
    status === 'failed' || status === 'cancelled' || (status.startsWith('completed') && notifications.pending === 0)
  );
}

/** Waits until a batch and its notifications have ended, and returns it. */
export async function settled(harness: Harness, id: string, timeoutMs?: number): Promise<Batch> {
  return await harness.until(
    async () => {
      const batch = await getBatch(harness, id);
      return isSettled(batch) ? batch : undefined;
    },
    { describe: `the end of batch ${id}`, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

/** Sends a file and waits until everything about it is done. */
export async function processed(
  harness: Harness,
  content: string | Uint8Array,
  fields?: Readonly<Record<string, string>>,
): Promise<Batch> {
  return await settled(harness, (await upload(harness, content, fields)).id);
}

let accounts = 0;

/** A new account for each issuer, because issuers of one account share its numbers. */
function newConvenio(): string {
  accounts += 1;
  return (1_000_000 + accounts).toString();
}

/** Registers a company for one test, so that its files do not collide with those of other tests. Returns its id. */
export async function newIssuer({ system }: Harness): Promise<string> {
  const response = await fetch(`${system.url}/v1/issuers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: 'Mensalidades Exemplo Ltda',
      document: '11.222.333/0001-81',
      address: { street: 'Rua das Acácias, 100', city: 'São Paulo', state: 'SP', postalCode: '01001-000' },
      bankCode: '001',
      account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: newConvenio() },
    }),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`the issuer was refused: ${text}`);
  return (JSON.parse(text) as { readonly id: string }).id;
}

/** A download of ours: comma-separated, with a header. */
export async function readCsv(url: string): Promise<readonly CsvRecord[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status.toString()}`);
  return parse<CsvRecord>(await response.text(), { columns: true });
}

/** Asks for the PDFs of a batch and waits for the ZIP. */
export async function downloadPdfs(harness: Harness, batch: Batch): Promise<Buffer> {
  const response = await fetch(batch.links.exports, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ format: 'pdf-zip' }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the export was refused: ${text}`);
  const { links } = JSON.parse(text) as Uploaded;
  await harness.until(
    async () => {
      const { status } = await getJson<{ readonly status: string }>(links['self'] ?? '');
      if (status === 'failed') throw new Error(`the export failed: ${links['self'] ?? ''}`);
      return status === 'completed';
    },
    { describe: 'the export' },
  );
  return Buffer.from(await (await fetch(links['download'] ?? '')).arrayBuffer());
}

/**
 * The e-mails delivered for a batch, including repeats. They do not contain the batch's id, so the Message-IDs of its
 * boletos find them.
 */
export async function mailFiles(
  { system, database }: Harness,
  batchId?: string,
): Promise<readonly { readonly id: string; readonly raw: Buffer }[]> {
  const boletos: { readonly id: string }[] =
    batchId === undefined
      ? []
      : await database.dataSource.query('select id from boletos where batch_id = $1', [batchId]);
  const ids = boletos.map(({ id }) => boletoMessageId({ boletoId: id, kind: 'boleto_issued' }, system.messageIds));
  const ofBatch = new Set(ids);
  return messageFiles(system.mailbox).flatMap((name) => {
    const raw = readFileSync(join(system.mailbox, name));
    const headers = parseHeaders(raw);
    const id = headers.get('message-id') ?? '';
    return batchId === undefined || ofBatch.has(id) ? [{ id, raw }] : [];
  });
}

/** Different Message-IDs. */
export async function countMails(harness: Harness, batchId?: string): Promise<number> {
  return new Set((await mailFiles(harness, batchId)).map(({ id }) => id)).size;
}

export async function readMail(raw: Buffer): Promise<Email> {
  return await PostalMime.parse(raw);
}

/** Messages that wait in the broker, unsettled ones included, whatever the queue; some seconds old. */
export async function messagesLeft({ vhost }: Harness): Promise<number> {
  const path = `/queues/${vhost.name}?disable_stats=true&enable_queue_totals=true`;
  const queues = (await vhost.api('GET', path)) as readonly { readonly messages?: number }[];
  return queues.reduce((sum, { messages = 0 }) => sum + messages, 0);
}

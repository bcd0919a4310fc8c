import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageFiles, parseHeaders } from '../lib/mail/mailbox.mjs';
import { csvHeader, ended, goodRows, upload } from './client.mjs';

/** Texts from which a mail program makes a link or a call. */
const link = /https?:\/\/|www\.[a-z]|[a-z]\.example\b|\btel:/i;

/** An id of the database is a UUID of version 7, wherever it stands in a text. */
function hasId(/** @type {string} */ text) {
  const startsAnId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/i;
  for (let dash = text.indexOf('-'); dash >= 0; dash = text.indexOf('-', dash + 1)) {
    if (dash >= 8 && startsAnId.test(text.slice(dash - 8, dash + 28))) return true;
  }
  return false;
}

/**
 * The e-mails that a file of these rows has brought.
 * @param {import('./client.mjs').Context} context
 * @param {string} rows
 */
async function mailsOf(context, rows) {
  const before = new Set(messageFiles(context.mailbox));
  const answer = await upload(context, csvHeader + rows);
  if (answer.status === 202) await ended(context, answer.text);
  const files = messageFiles(context.mailbox).filter((name) => !before.has(name));
  return files.map((name) => readFileSync(join(context.mailbox, name)));
}

/**
 * The two bodies as they are shown, before the attachment.
 * @param {Buffer} mail
 */
function bodies(mail) {
  const text = mail.toString('latin1');
  const parts = text.slice(text.indexOf('\r\n\r\n'), text.indexOf('Content-Type: application/pdf'));
  const bytes = parts
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, /** @type {string} */ code) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** @param {import('./client.mjs').Context} context */
async function links(context) {
  const name = 'PIX com 40% de desconto: https://evil.example/pague ou ligue (11) 4000-0000';
  const rows =
    goodRows(1, { name }) + goodRows(1, { debtId: `www.evil.example/${randomUUID().slice(0, 8)}` }) + goodRows(1);
  const mails = await mailsOf(context, rows);
  if (mails.length === 0) return 'no e-mail came, not even that of the good row';
  const linked = mails.find((mail) => link.test(bodies(mail)));
  return linked === undefined ? undefined : 'a name or an id of a file is a link in our e-mail';
}

/** @param {import('./client.mjs').Context} context */
async function ids(context) {
  const [mail] = await mailsOf(context, goodRows(1, { debtId: `P-${String(Date.now())}` }));
  if (mail === undefined) return 'no e-mail came';
  const headers = parseHeaders(mail);
  if (headers.has('x-batch-id')) return 'the id of the batch is in the e-mail';
  if (!/^<[a-z2-7]{26}@/.test(headers.get('message-id') ?? '')) return 'the Message-ID tells more than it must';
  return hasId(mail.toString('latin1')) ? 'an id of ours is in the e-mail' : undefined;
}

export const mailProbes = [
  { id: 'F6', what: 'links in e-mails', run: links },
  { id: 'F8', what: 'ids in e-mails', run: ids },
];

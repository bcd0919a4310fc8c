import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime, { decodeWords } from 'postal-mime';
import { messageOf } from '../run/errors.mjs';
import { messageFiles, readHeaders } from './mailbox.mjs';

const pageSizeMax = 200;
const style = `
  :root { color-scheme: light dark }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem }
  table { border-collapse: collapse; width: 100% } td, th { padding: .4rem .6rem; text-align: left; border-bottom: 1px solid #8884 }
  pre { white-space: pre-wrap; border: 1px solid #8884; padding: 1rem } iframe { width: 100%; height: 32rem; border: 1px solid #8884; background: #fff }
  nav { margin: 1rem 0; display: flex; gap: 1rem }`;

/**
 * The sink's web page and API: GET / · /messages.json?page&size · /messages/{n} · /{n}.eml · /{n}/html ·
 * /{n}/attachments/{i}; PUT and DELETE /faults.
 * @param {{ folder: string, faults: { mail?: number } }} state
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export async function handleMailPage(state, request, response) {
  try {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/faults') return await changeFaults(state, request, response);
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'method not allowed');
    return await route(state.folder, url, response);
  } catch (error) {
    return send(response, 500, 'text/plain', messageOf(error));
  }
}

/**
 * @param {string} folder
 * @param {URL} url
 * @param {import('node:http').ServerResponse} response
 */
async function route(folder, url, response) {
  if (url.pathname === '/') return send(response, 200, 'text/html', await listPage(folder, pageOf(url)));
  if (url.pathname === '/messages.json') return sendJson(response, await listMessages(folder, pageOf(url)));
  const [, number, eml, part, index] =
    /^\/messages\/(\d+)(\.eml)?(?:\/(html|attachments)(?:\/(\d+))?)?$/.exec(url.pathname) ?? [];
  const name =
    number === undefined
      ? undefined
      : messageFiles(folder).find((each) => Number.parseInt(each, 10) === Number(number));
  if (name === undefined) return send(response, 404, 'text/plain', 'não encontrado');

  const path = join(folder, name);
  if (eml !== undefined) {
    response.writeHead(200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${number}.eml"`,
    });
    return createReadStream(path).pipe(response);
  }
  const message = await PostalMime.parse(await readFile(path), { attachmentEncoding: 'arraybuffer' });
  if (part === 'html') return sendHtmlPart(response, message);
  if (part === 'attachments') return sendAttachment(response, message.attachments[Number(index)]);
  return send(response, 200, 'text/html', messagePage(number ?? '', message));
}

/** @param {URL} url */
function pageOf(url) {
  const positive = (/** @type {string} */ name, /** @type {number} */ fallback) =>
    Math.max(1, Math.trunc(Number(url.searchParams.get(name) ?? fallback)) || fallback);
  return { page: positive('page', 1), size: Math.min(positive('size', 50), pageSizeMax) };
}

/**
 * Newest first.
 * @param {string} folder
 * @param {{ page: number, size: number }} options
 */
async function listMessages(folder, { page, size }) {
  const names = messageFiles(folder).toReversed();
  const shown = names.slice((page - 1) * size, page * size);
  const messages = await Promise.all(shown.map((name) => summary(folder, name)));
  return { count: names.length, page, size, messages };
}

/**
 * @param {string} folder
 * @param {string} name
 */
async function summary(folder, name) {
  const [headers, { size, mtime }] = await Promise.all([readHeaders(join(folder, name)), stat(join(folder, name))]);
  const text = (/** @type {string} */ field) => decodeWords(headers.get(field) ?? '');
  return {
    number: Number.parseInt(name, 10),
    file: name,
    messageId: headers.get('message-id') ?? null,
    from: text('from'),
    to: text('to'),
    subject: text('subject'),
    receivedAt: mtime.toISOString(),
    bytes: size,
  };
}

/**
 * @param {string} folder
 * @param {{ page: number, size: number }} options
 */
async function listPage(folder, { page, size }) {
  const { count, messages } = await listMessages(folder, { page, size });
  const rows = messages.map(
    ({ number, to, subject, receivedAt, bytes }) =>
      `<tr><td><a href="/messages/${number}">${escape(subject || '(sem assunto)')}</a></td><td>${escape(to)}</td>` +
      `<td>${escape(new Date(receivedAt).toLocaleString('pt-BR'))}</td><td>${(bytes / 1024).toFixed(1)} kB</td></tr>`,
  );
  const pages = Math.max(1, Math.ceil(count / size));
  const link = (/** @type {number} */ to, /** @type {string} */ text) =>
    to < 1 || to > pages ? '' : `<a href="/?page=${to}&amp;size=${size}">${text}</a>`;
  return document(
    'Caixa de saída local',
    `<h1>Caixa de saída local</h1><p>${count.toLocaleString('pt-BR')} mensagens entregues, as mais novas primeiro.</p>
    <table><thead><tr><th>Assunto</th><th>Para</th><th>Recebida</th><th>Tamanho</th></tr></thead><tbody>${rows.join('')}</tbody></table>
    <nav>${link(page - 1, '← mais novas')}<span>página ${page} de ${pages}</span>${link(page + 1, 'mais antigas →')}</nav>`,
  );
}

/** @param {import('postal-mime').Address | undefined} address */
function addressText(address) {
  return address === undefined ? '' : `${address.name ?? ''} <${address.address ?? ''}>`.trim();
}

/**
 * @param {string} number
 * @param {import('postal-mime').Email} message
 */
function messagePage(number, message) {
  const attachments = message.attachments.map(
    (each, index) =>
      `<li><a href="/messages/${number}/attachments/${index}">${escape(each.filename ?? `anexo-${index + 1}`)}</a> ` +
      `(${escape(each.mimeType)}, ${(bytesOf(each).byteLength / 1024).toFixed(1)} kB)</li>`,
  );
  return document(
    message.subject ?? '(sem assunto)',
    `<nav><a href="/">← todas</a><a href="/messages/${number}.eml">baixar .eml</a></nav>
    <h1>${escape(message.subject ?? '(sem assunto)')}</h1>
    <p>De: ${escape(addressText(message.from))}<br>Para: ${escape((message.to ?? []).map(addressText).join(', '))}<br>Message-ID: ${escape(message.messageId ?? '')}</p>
    ${attachments.length === 0 ? '' : `<h2>Anexos</h2><ul>${attachments.join('')}</ul>`}
    ${message.html === undefined ? '' : `<h2>HTML</h2><iframe sandbox src="/messages/${number}/html" title="mensagem em HTML"></iframe>`}
    ${message.text === undefined ? '' : `<h2>Texto</h2><pre>${escape(message.text)}</pre>`}`,
  );
}

/**
 * Shows the content of an e-mail and never runs it: no script, no form, nothing fetched.
 * @param {import('node:http').ServerResponse} response
 * @param {import('postal-mime').Email} message
 */
function sendHtmlPart(response, message) {
  const policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  send(response, 200, 'text/html', message.html ?? '', { 'content-security-policy': policy });
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {import('postal-mime').Attachment | undefined} attachment
 */
function sendAttachment(response, attachment) {
  if (attachment === undefined) return send(response, 404, 'text/plain', 'não encontrado');
  const name = encodeURIComponent(attachment.filename ?? 'anexo');
  response.writeHead(200, {
    'content-type': attachment.mimeType,
    'content-disposition': `attachment; filename*=UTF-8''${name}`,
    'x-content-type-options': 'nosniff',
  });
  return response.end(bytesOf(attachment));
}

/**
 * @param {{ faults: { mail?: number } }} state
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function changeFaults(state, request, response) {
  if (request.method === 'DELETE') state.faults = {};
  else if (request.method === 'PUT') {
    /** @type {Buffer[]} */ const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { mail } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (!Number.isInteger(mail) || mail < 400 || mail > 599) {
      return send(response, 400, 'text/plain', 'expected {"mail": an SMTP code from 400 to 599}');
    }
    state.faults = { mail };
  }
  return sendJson(response, state.faults);
}

/**
 * @param {string} title
 * @param {string} body
 */
function document(title, body) {
  return `<!doctype html><html lang="pt-BR"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>${escape(title)}</title><style>${style}</style><body>${body}</body></html>`;
}

/** @param {string} text */
function escape(text) {
  /** @type {Record<string, string>} */
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {unknown} value
 */
function sendJson(response, value) {
  send(response, 200, 'application/json', JSON.stringify(value));
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} type
 * @param {string} body
 * @param {Record<string, string>} [headers]
 */
function send(response, status, type, body, headers = {}) {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'";
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/**
 * The content as an ArrayBuffer, for which the parser was asked.
 * @param {import('postal-mime').Attachment} attachment
 */
function bytesOf({ content }) {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
}

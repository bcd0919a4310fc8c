import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { messageOf } from '../run/errors.mjs';
import { handleMailPage } from './mail-pages.mjs';
import { messageFiles, parseHeaders } from './mailbox.mjs';

const messageBytesMax = 25 * 1024 * 1024;
const headBytesMax = 16 * 1024;

/**
 * @typedef {object} MailState
 * @property {string} folder
 * @property {string} incoming
 * @property {number} sequence
 * @property {{ mail?: number }} faults
 * @property {Map<string, number>} refusals by recipient
 */
/** @typedef {import('smtp-server').SMTPServerOptions} SMTPServerOptions */

/**
 * An SMTP server that keeps every message as a file and shows them on a web page. For local use and tests.
 *
 * Faults on demand, by the local part of the recipient: `tempfail2+any@…` is refused twice with 451 and then accepted,
 * `permfail+any@…` is refused for ever with 550. `PUT /faults {"mail": 421}` refuses every message until `DELETE
 * /faults`.
 * @param {{ folder: string, host?: string, smtpPort: number, httpPort: number, user?: string, password?: string }}
 *   options
 * @returns {Promise<{ close: () => Promise<void> }>}
 */
export async function startMailSink({ folder, host = '127.0.0.1', smtpPort, httpPort, user, password }) {
  const incoming = join(folder, '.incoming');
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  /** @type {MailState} */
  const state = { folder, incoming, sequence: lastSequence(folder), faults: {}, refusals: new Map() };

  /** @type {SMTPServerOptions} */
  const login =
    user === undefined
      ? { authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'] }
      : { onAuth: checkLogin(user, password ?? '') };
  const smtp = new SMTPServer({ ...smtpOptions(state), ...login });
  smtp.on('error', (error) => console.error(`smtp: ${error.message}`)); // a client that hangs up
  const http = createServer((request, response) => void handleMailPage(state, request, response));
  await Promise.all([
    new Promise((resolve, reject) => void smtp.listen(smtpPort, host, () => resolve(undefined)).once('error', reject)),
    new Promise((resolve, reject) => void http.listen(httpPort, host, () => resolve(undefined)).once('error', reject)),
  ]);
  const close = async () => {
    http.closeAllConnections();
    await Promise.all([
      new Promise((resolve) => smtp.close(() => resolve(undefined))),
      new Promise((resolve) => void http.close(() => resolve(undefined))),
    ]);
  };
  return { close };
}

/**
 * @param {MailState} state
 * @returns {SMTPServerOptions}
 */
function smtpOptions(state) {
  return {
    name: 'localhost',
    banner: 'Smart Billing mail sink',
    size: messageBytesMax,
    disableReverseLookup: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN', 'LOGIN'],
    socketTimeout: 300_000,
    closeTimeout: 2000,
    onMailFrom: (_address, _session, done) => done(faultOf(state.faults.mail)),
    onRcptTo: ({ address }, _session, done) => done(recipientFault(state.refusals, address)),
    onData: (stream, _session, done) => void take(state, stream, done),
  };
}

/**
 * @param {string} user
 * @param {string} password
 * @returns {NonNullable<SMTPServerOptions['onAuth']>}
 */
function checkLogin(user, password) {
  return (login, _session, done) => {
    if (login.username === user && login.password === password) done(undefined, { user });
    else done(smtpError(535, 'wrong user or password'));
  };
}

/**
 * Stores a message, and tells the client whether it is stored.
 * @param {MailState} state
 * @param {import('smtp-server').SMTPServerDataStream} stream
 * @param {(error?: Error | null) => void} done
 */
async function take(state, stream, done) {
  done(await store(state, stream).catch((error) => smtpError(451, `not stored: ${messageOf(error)}`)));
}

/**
 * Keeps a message; it gets its name, and so becomes visible, when it is whole.
 * @param {MailState} state
 * @param {import('smtp-server').SMTPServerDataStream} stream
 */
async function store(state, stream) {
  /** @type {Buffer[]} */ const chunks = [];
  for await (const chunk of stream) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  if (stream.sizeExceeded) return smtpError(552, 'message too large');
  const message = Buffer.concat(chunks);
  const headEnd = message.indexOf('\r\n\r\n');
  const head = message.subarray(0, headEnd === -1 ? headBytesMax : headEnd);
  const messageId = parseHeaders(head).get('message-id') ?? 'no-id';
  const safeId = messageId.replaceAll(/[^\w.@-]/g, '').slice(0, 120);
  const draft = join(state.incoming, randomUUID());
  await writeFile(draft, message, { mode: 0o600 }); // a person's boleto: no other user of the machine reads it
  state.sequence += 1;
  await rename(draft, join(state.folder, `${String(state.sequence).padStart(8, '0')}-${safeId}.eml`));
  return undefined;
}

/** @param {string} folder */
function lastSequence(folder) {
  const last = messageFiles(folder).at(-1);
  return last === undefined ? 0 : Number.parseInt(last, 10);
}

/**
 * @param {Map<string, number>} refusals
 * @param {string} address
 */
function recipientFault(refusals, address) {
  const [, kind, times = '1'] = /^(tempfail|permfail)(\d*)\+/.exec(address) ?? [];
  if (kind === undefined) return undefined;
  if (kind === 'permfail') return smtpError(550, 'no such mailbox');
  const refused = refusals.get(address) ?? 0;
  if (refused >= Number(times === '' ? 1 : times)) return undefined;
  refusals.set(address, refused + 1);
  return smtpError(451, 'try again later');
}

/** @param {number | undefined} code */
function faultOf(code) {
  return code === undefined ? undefined : smtpError(code, 'a fault that was asked for');
}

/**
 * @param {number} responseCode
 * @param {string} message
 */
function smtpError(responseCode, message) {
  return Object.assign(new Error(message), { responseCode });
}

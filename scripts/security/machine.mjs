import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { run } from '../lib/run/commands.mjs';
import { projectFolder } from '../lib/run/paths.mjs';
import { keyHeader } from '../lib/system/api-key.mjs';
import { csvHeader, goodRows, noKey, send, upload } from './client.mjs';

async function installScripts() {
  const { stdout } = await run('npm', ['config', 'get', 'ignore-scripts'], { cwd: projectFolder, timeoutMs: 20_000 });
  return stdout.trim() === 'true' ? undefined : 'npm runs the scripts of packages that it installs';
}

/** @typedef {typeof import('../../apps/notifier/src/smtp/mail-transport.ts')} MailTransports */

const slowHeaderMsMax = 20_000;

/**
 * A header that never ends, against a limit of ten seconds.
 * @param {{ hostname: string, port: string }} options
 */
async function slowHeader({ hostname, port }) {
  const socket = connect(Number(port), hostname, () => socket.write('GET / HTTP/1.1\r\nHost: '));
  // The socket closes only after its answer was read to the end, because an unread answer holds it open.
  socket.on('error', () => undefined);
  socket.resume();
  const deadline = Date.now() + slowHeaderMsMax;
  while (!socket.closed && Date.now() < deadline) await sleep(100);
  const { closed } = socket;
  socket.destroy();
  return closed;
}

const socketsAtOnce = 600;

/**
 * Checks that one address is stopped before it takes every connection.
 * @param {{ hostname: string, port: string }} options
 */
async function crowd({ hostname, port }) {
  const sockets = Array.from({ length: socketsAtOnce }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    return socket;
  });
  const isOneClosed = () => sockets.some(({ closed }) => closed);
  const deadline = Date.now() + 5_000;
  while (!isOneClosed() && Date.now() < deadline) await sleep(50);
  const isStopped = isOneClosed();
  for (const socket of sockets) socket.destroy();
  return isStopped;
}

const guessesMax = 200;

/**
 * Ids that are not there, until one is answered 429. From an address of its own: the other probes ask for ids too.
 * @param {string} url
 */
async function guesses(url) {
  for (let at = 0; at < guessesMax; at += 1) {
    const { status } = await send(`${url}/v1/boletos/${randomUUID()}`, { localAddress: '127.0.0.77' });
    if (status === 429) return true;
  }
  return false;
}

const streamsAtOnce = 60;

/**
 * Event streams of one key: whether it is stopped, and whether its other requests are answered meanwhile.
 * @param {import('./client.mjs').Context} context
 * @param {string} url
 */
async function streams(context, url) {
  const { text } = await upload(context, csvHeader + goodRows(300));
  const events = `${url}/v1/batches/${JSON.parse(text).id}/events`;
  /** @type {number[]} */ const statuses = [];
  const open = Array.from({ length: streamsAtOnce }, () =>
    request(events, { headers: keyHeader(url), agent: false }, (response) => statuses.push(response.statusCode ?? 0))
      .on('error', () => undefined)
      .end(),
  );
  try {
    const deadline = Date.now() + 8_000;
    while (!statuses.includes(429) && Date.now() < deadline) await sleep(50);
    if (!statuses.includes(429)) return `${String(streamsAtOnce)} event streams of one key are held open`;
    const other = await send(`${url}/v1/batches`);
    return other.status === 200 ? undefined : `another request is answered ${String(other.status)} meanwhile`;
  } finally {
    for (const each of open) each.destroy();
  }
}

/** More than the burst of a network, and fewer than the connections of an address. */
const anonymousMax = 80;

/**
 * Requests without a key, until one is answered 429. From a network of its own.
 * @param {string} url
 */
async function withoutKey(url) {
  const ask = async () => (await send(`${url}/v1/batches`, { localAddress: '127.0.79.1', headers: noKey })).status;
  const statuses = await Promise.all(Array.from({ length: anonymousMax }, ask));
  return statuses.includes(429) && statuses.every((status) => status === 401 || status === 429);
}

/** @param {import('./client.mjs').Context} context */
async function oneClient(context) {
  const { url: origin } = context;
  const target = new URL(origin);
  if (!(await guesses(origin))) return `${String(guessesMax)} ids are guessed without a 429`;
  if (!(await withoutKey(origin))) return `${String(anonymousMax)} requests without a key are answered without a 429`;
  const held = await streams(context, origin);
  if (held !== undefined) return held;
  if (!(await crowd(target))) return `${String(socketsAtOnce)} idle connections of one address are held open`;
  if (!(await slowHeader(target)))
    return `a header that never ends is waited for more than ${String(slowHeaderMsMax / 1000)} s`;
  return undefined;
}

/** @param {import('./client.mjs').Context} context */
function otherUsers({ mailbox, runFolder }) {
  const folders = [join(runFolder, 'storage'), mailbox];
  for (const folder of folders) {
    const names = readdirSync(folder, { recursive: true }).map(String);
    if (names.length === 0) return `nothing is in ${folder}`;
    for (const name of ['', ...names]) {
      const mode = statSync(join(folder, name)).mode & 0o077;
      if (mode !== 0)
        return `${join(folder, name).replace(`${projectFolder}/`, '')} is open to other users of the machine`;
    }
  }
  return undefined;
}

/** Checks that e-mails require TLS, because an attacker on the way can remove the offer of STARTTLS. */
async function clearTextMail() {
  const { createMailTransport } = /** @type {MailTransports} */ (
    await import(pathToFileURL(join(projectFolder, 'dist/apps/notifier/src/smtp/mail-transport.js')).href)
  );
  const transport = createMailTransport({ url: 'smtp://mail.example.com', connectionsMax: 1, timeoutMs: 1_000 });
  const { requireTLS } = transport.options;
  transport.close();
  if (requireTLS !== true) return 'boletos go to a mail server in clear text when nobody offers STARTTLS';
  const { maskText } = await import('#observability');
  const frame = 'at file:///app/node_modules/@nestjs/core/injector.js:1:2';
  return maskText(frame) === frame ? undefined : 'a stack in the log loses its folders to the mask of addresses';
}

function retention() {
  const text = readFileSync(join(projectFolder, 'dist', 'apps', 'dispatcher', 'src', 'config.js'), 'utf8');
  for (const what of ['UPLOAD', 'REJECTION', 'RECIPIENT', 'DEBTOR', 'EXPORT']) {
    const [, field = ''] = text.split(`${what}_RETENTION_DAYS: `);
    const [, days] = /^[^\n]{0,200}default\(([\d_]{1,9})\)/.exec(field) ?? [];
    if (days === undefined || days === '0') return `what is kept of people (${what.toLowerCase()}) has no end`;
  }
  return undefined;
}

export const machineProbes = [
  { id: 'F13', what: 'scripts of packages', run: installScripts },
  { id: 'F16', what: 'what one client takes', run: oneClient },
  { id: 'F17', what: 'files that other users read', run: otherUsers },
  { id: 'F18', what: 'mail in clear text, masked stacks', run: clearTextMail },
  { id: 'F19', what: 'personal data without an end', run: retention },
];

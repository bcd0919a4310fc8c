import { csvHeader, ended, goodRows, send, upload } from './client.mjs';

/** The headers that a browser sends for a page of another site: a simple request without a preflight. */
const foreignPage = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

/** @param {import('./client.mjs').Context} context */
async function foreignSites(context) {
  const uploaded = await upload(context, csvHeader + goodRows(1), { headers: foreignPage });
  if (uploaded.status !== 403 || uploaded.code !== 'ORIGIN_REFUSED') {
    return `a page of another site uploads: ${String(uploaded.status)}`;
  }
  const resume = `${context.url}/v1/stages/notifier.chunks/resume`;
  const resumed = await send(resume, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
  if (resumed.status !== 403) return `a page of another site resumes a stage: ${String(resumed.status)}`;
  for (const path of ['/v1/issuers', '/v1/batches']) {
    const rebound = await send(context.url + path, { headers: { host: 'evil.example' } });
    if (rebound.status !== 421 || rebound.code !== 'HOST_UNKNOWN') {
      return `a name that was bound anew reads ${path}: ${String(rebound.status)}`;
    }
  }
  return undefined;
}

/** @param {import('./client.mjs').Context} context */
async function caching(context) {
  const { text } = await upload(context, csvHeader + goodRows(1));
  const batch = await ended(context, text);
  const results = await send(`${context.url}/v1/batches/${batch.id}/results.csv`);
  const boletoId = /,([0-9a-f-]{36}),[a-z]*\r\n/.exec(results.text)?.[1];
  const urls = [
    `${context.url}/v1/boletos/${boletoId ?? ''}`,
    `${context.url}/v1/batches`,
    `${context.url}/v1/issuers`,
  ];
  for (const url of urls) {
    const { status, headers } = await send(url);
    if (status !== 200) return `${new URL(url).pathname} was answered ${String(status)}`;
    if (!/no-store/.test(String(headers['cache-control']))) return `${new URL(url).pathname} may be kept by a cache`;
    if (headers.etag !== undefined) return `${new URL(url).pathname} has an ETag to ask with again`;
    const policy = String(headers['content-security-policy']);
    const isStrict = /base-uri 'none'/.test(policy) && /frame-ancestors 'none'/.test(policy);
    if (!isStrict || /unsafe-inline/.test(policy)) return `${new URL(url).pathname} may be framed, or run inline`;
  }
  return undefined;
}

/** @param {import('./client.mjs').Context} context */
async function redirects(context) {
  for (const method of ['GET', 'POST']) {
    const { headers } = await send(context.url, { method, path: 'http://evil.example/v1/batches' });
    if (/evil\.example/.test(headers.location ?? '')) return 'a redirect repeats a foreign address';
  }
  const fileName = '../../etc/passwd\u202Evsc.csv';
  const { text } = await upload(context, csvHeader + goodRows(1), { fileName });
  const batch = await send(`${context.url}/v1/batches/${JSON.parse(text).id}`);
  const { fileName: shown } = JSON.parse(batch.text);
  const isShown = /[\u202A-\u202E\u2066-\u2069]/.test(batch.text) || String(shown).includes('/');
  return isShown ? 'a file name turns the text after it, or has a folder' : undefined;
}

export const browserProbes = [
  { id: 'F3', what: 'pages of other sites', run: foreignSites },
  { id: 'F12', what: 'personal data in caches', run: caching },
  { id: 'F18', what: 'redirects and file names', run: redirects },
];

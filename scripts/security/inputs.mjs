import { deflateSync, crc32 as nodeCrc32 } from 'node:zlib';
import { csvHeader, ended, send, upload } from './client.mjs';

const cursor = (/** @type {string} */ text) => Buffer.from(text).toString('base64url');
const someId = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

/** @param {import('./client.mjs').Context} context */
async function hostileInputs({ url: origin }) {
  const json = (/** @type {string} */ path, /** @type {unknown} */ body) => ({
    url: origin + path,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const inputs = [
    { url: `${origin}/v1/batches?cursor=${cursor(`2026-02-31T00:00:00.000000Z ${someId}`)}` },
    { url: `${origin}/v1/batches?cursor=${cursor(`0000-01-01T00:00:00.000000Z ${someId}`)}` },
    { url: `${origin}/v1/dead-letters?reason=%00` },
    { url: `${origin}/v1/dead-letters?queue=%00` },
    { url: `${origin}/v1/dead-letters/groups?reason=%00` },
    { url: `${origin}/v1/dead-letters?from=0000-01-01T00:00:00Z` },
    { url: `${origin}/v1/dead-letters?from=2026-11-28T00:00:00-23:59` },
    json('/v1/stages/notifier.chunks/pause', { reason: 'a\u0000b' }),
    json('/v1/dead-letters/discard', { filter: { reason: '\u0000' } }),
  ];
  for (const { url, ...options } of inputs) {
    const { status } = await send(url, options);
    if (status >= 500) return `${new URL(url).pathname}${new URL(url).search} was answered ${String(status)}`;
  }
  return undefined;
}

const side = 1_200;

/** A picture of one colour whose every line is of the filter that costs most. */
function heavyPng() {
  const line = Buffer.alloc(1 + side * 4);
  line[0] = 4; // Paeth
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(side, 0);
  ihdr.writeUInt32BE(side, 4);
  ihdr.set([8, 6, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => line)), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    pngChunk('IHDR', ihdr),
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/**
 * Absent from the first versions of Node 20.
 * @param {Buffer} bytes
 */
function crc32(bytes) {
  if (nodeCrc32 !== undefined) return nodeCrc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** @param {import('./client.mjs').Context} context */
async function heavyLogo({ url: origin }) {
  const body = {
    name: 'Mensalidades Exemplo Ltda',
    document: '11.222.333/0001-81',
    address: { street: 'Rua das Acácias, 100', city: 'São Paulo', state: 'SP', postalCode: '01001-000' },
    bankCode: '001',
    account: { agencia: '1234', conta: '12345678', carteira: '17', convenio: '1234567' },
    logo: heavyPng().toString('base64'),
  };
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const { status, text } = await send(`${origin}/v1/issuers`, options);
  if (status >= 400 && status < 500 && /logo/i.test(text)) return undefined;
  return `a logo of ${String(side * side)} pixels was answered ${String(status)}: ${text.slice(0, 120)}`;
}

/** A cell of another program, whatever it separates by: our quotes do not stand at its start. */
const formula = /^[" \0\u00a0]*[=+\-@＝＋－＠]/;

/** @param {import('./client.mjs').Context} context */
async function formulas(context) {
  const row = `Ana;=1+1;=cmd|'/C calc'!A0;1,00;2027-01-31;H${String(Date.now())}\n`;
  const { status, text } = await upload(context, csvHeader.replaceAll(',', ';') + row);
  if (status !== 202) return `the file was answered ${String(status)}`;
  const batch = await ended(context, text);
  for (const [query, own] of [
    ['', ','],
    ['?separator=semicolon', ';'],
  ]) {
    const csv = await send(`${context.url}/v1/batches/${batch.id}/rejections.csv${query}`);
    if (!csv.text.includes('cmd|')) return 'the row is not in rejections.csv';
    for (const separator of [',', ';', '\t', '|'].filter((each) => each !== own)) {
      const cells = csv.text.split(/[\r\n]+/).flatMap((line) => line.split(separator));
      const found = cells.find((cell) => formula.test(cell));
      if (found !== undefined)
        return `read with ${JSON.stringify(separator)} a cell is the formula ${found.slice(0, 20)}`;
    }
  }
  return undefined;
}

export const inputProbes = [
  { id: 'F9', what: 'inputs that are answered 500', run: hostileInputs },
  { id: 'F11', what: 'formulas in downloads', run: formulas },
  { id: 'F15', what: 'a logo that stops the process', run: heavyLogo },
];

import { expect, test } from 'vitest';
import { sendRaw, startLab } from './gateway.fixture.ts';

const HIDDEN = 'GET /v1/outbox HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Bytes that could be one request for the gateway and two for an app. */
const SMUGGLED = {
  'a length and an encoding': 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'an encoding and a length': 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
  'two lengths': 'Content-Length: 0\r\nContent-Length: 46\r\n\r\n',
  'the same length twice': 'Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
  'a list of lengths': 'Content-Length: 3, 3\r\n\r\nabc',
  'a signed length': 'Content-Length: +3\r\n\r\nabc',
  'a hexadecimal length': 'Content-Length: 0x3\r\n\r\nabc',
  'a length that is too large': 'Content-Length: 99999999999999999999\r\n\r\nabc',
  'an encoding that is not chunked': 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  'an encoding after chunked': 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  'two encodings': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
  'a blank before the colon': 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  'a folded header': 'X-One: a\r\n b\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n',
  'a header without a name': ': x\r\nContent-Length: 0\r\n\r\n',
  'a line feed alone': 'X-One: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a carriage return alone': 'X-One: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a NUL in a header': 'X-One: a\u0000\r\nContent-Length: 0\r\n\r\n',
  'a chunk with an extension without end': `Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  'a chunk size that is too large': 'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n',
  'a chunk that ends with a line feed alone': 'Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n',
  'a chunk of no size': 'Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n',
  'a chunk of a negative size': 'Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n',
  'a chunk that is longer than its size': 'Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n',
} as const;

test.each(Object.entries(SMUGGLED))('%s: no hidden request reaches an app', async (_name, rest) => {
  const lab = await startLab((request, response) => {
    request.on('error', () => undefined).resume();
    request.once('close', () => response.end('ok'));
  });

  const answer = await sendRaw(lab, `POST /v1/batches HTTP/1.1\r\nHost: localhost\r\n${rest}${HIDDEN}`);

  expect(answer).toMatch(/^HTTP\/1\.1 (?:400|413) /);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(lab.seen.map(({ request }) => request.url)).not.toContain('/v1/outbox');
});

test.each([
  ['HTTP/1.1 without Host', 'GET /v1/batches HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['two Hosts', 'GET /v1/batches HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
])('%s is 400, and no app sees it', async (_name, bytes) => {
  const lab = await startLab();

  expect(await sendRaw(lab, bytes)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"REQUEST_MALFORMED"/);
  expect(lab.seen).toEqual([]);
});

test.each([
  ['one long header', `X-One: ${'x'.repeat(20_000)}\r\n`],
  ['very many headers', Array.from({ length: 2_000 }, (_, n) => `X-${n.toString()}: abcdefgh\r\n`).join('')],
])('%s is 431, and no app sees it', async (_name, headers) => {
  const lab = await startLab();

  const answer = await sendRaw(lab, `GET /v1/batches HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${HIDDEN}`);

  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  expect(lab.seen).toEqual([]);
});

const one = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;

test('requests that are sent without waiting for answers are answered in their order', async () => {
  const lab = await startLab((request, response) => response.end(request.url));

  const answer = await sendRaw(
    lab,
    one('/v1/issuers') + one('/v1/stages') + one('/v1/outbox', 'Connection: close\r\n'),
  );

  expect(answer.match(/\/v1\/\w+(?=HTTP|$|\r)/g)).toEqual(['/v1/issuers', '/v1/stages', '/v1/outbox']);
});

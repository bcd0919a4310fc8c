import { once } from 'node:events';
import { request as requestOf, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { trustOf } from './client-origin.ts';
import { sendRaw, startLab, type Lab } from './gateway.fixture.ts';

async function headersAtApp(lab: Lab, headers: Readonly<Record<string, string>>): Promise<IncomingMessage['headers']> {
  const sent = requestOf(`${lab.origin}/v1/batches`, { headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return lab.seen.at(-1)?.request.headers ?? {};
}

test('headers about one connection end at the gateway, in both directions', async () => {
  const lab = await startLab((_request, response) => {
    response.setHeader('Keep-Alive', 'timeout=1');
    response.setHeader('Proxy-Authenticate', 'Basic');
    response.setHeader('X-Mine', '1');
    response.setHeader('Connection', 'close, X-Mine');
    response.end('ok');
  });

  const headers = await headersAtApp(lab, {
    Connection: 'keep-alive, X-Secret, Content-Length',
    'X-Secret': '1',
    'Keep-Alive': '5',
    'Proxy-Authorization': 'Basic eA==',
    'Proxy-Connection': 'keep-alive',
    TE: 'trailers',
    Upgrade: 'websocket',
    'X-Kept': '1',
  });
  expect(headers).toMatchObject({ 'x-kept': '1' });
  for (const name of ['x-secret', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'upgrade']) {
    expect(headers).not.toHaveProperty(name);
  }

  const response = await fetch(`${lab.origin}/v1/batches`);
  for (const name of ['Proxy-Authenticate', 'X-Mine']) expect(response.headers.get(name)).toBeNull();
  expect(response.headers.get('Connection')).toBe('keep-alive');
});

test('what a client says about where it comes from is not believed', async () => {
  const lab = await startLab();

  const headers = await headersAtApp(lab, {
    'X-Forwarded-For': '203.0.113.7',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Prefix': '/evil',
    'X-Real-IP': '203.0.113.7',
    Forwarded: 'for=203.0.113.7',
  });

  expect(headers).toMatchObject({
    host: new URL(lab.origin).host,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': new URL(lab.origin).host,
  });
  for (const name of ['x-forwarded-prefix', 'x-real-ip', 'forwarded']) expect(headers).not.toHaveProperty(name);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['203.0.113.7, unknown', '127.0.0.1'],
  ['10.1.2.3', '10.1.2.3'],
  ['2001:db8::7', '2001:db8::7'],
])('behind trusted proxies, X-Forwarded-For: %s names the client %s', async (said, client) => {
  const lab = await startLab(undefined, { TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' });

  const headers = await headersAtApp(lab, { 'X-Forwarded-For': said, 'X-Forwarded-Proto': 'https' });

  expect(headers).toMatchObject({ 'x-forwarded-for': client, 'x-forwarded-proto': 'https' });
});

test.each([
  ['127.0.0.1', true],
  ['::ffff:127.0.0.1', true],
  ['10.255.0.1', true],
  ['11.0.0.1', false],
  ['fd00::1', true],
  ['fe80::1', false],
  ['', false],
  ['nowhere', false],
])('of the proxies 127.0.0.1, 10.0.0.0/8 and fd00::/8, %s is one: %s', (address, isOne) => {
  expect(trustOf(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])(address)).toBe(isOne);
});

test('a target in absolute form gives the app its path, and its host as Host', async () => {
  const lab = await startLab();

  const answer = await sendRaw(
    lab,
    'GET http://billing.example/v1/batches?x=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
  );

  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(lab.seen.map(({ request }) => [request.url, request.headers.host])).toEqual([
    ['/v1/batches?x=1', 'billing.example'],
  ]);
});

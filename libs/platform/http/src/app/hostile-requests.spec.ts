import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get, HttpCode, Module, Param, Post, Redirect, Req } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger } from '#observability';
import { waitFor } from '#testing';
import { idPipe, notFound } from '../routes/ids.ts';
import { createHttpApp, type ClientLimits } from './create-http-app.ts';

const KNOWN_ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const OTHER_ID = '0190f5a6-7c1e-7c3a-9d2e-000000000000';

let changes = 0;

@Controller('v1/things')
class ThingsController {
  @Get()
  list(): object {
    return { things: [] };
  }

  @Post()
  @HttpCode(200)
  change(): object {
    changes += 1;
    return { changes };
  }

  @Get('elsewhere/:name')
  @Redirect()
  elsewhere(@Req() request: { readonly originalUrl: string }): object {
    return { url: `https://api.example${request.originalUrl}`, statusCode: 307 };
  }

  @Get(':id')
  find(@Param('id', idPipe) id: string): object {
    if (id !== KNOWN_ID) throw notFound('batch', id);
    return { id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

async function run(clients: Partial<ClientLimits> = {}): Promise<{ app: NestExpressApplication; port: number }> {
  const app = await createHttpApp(
    { module: ThingsModule },
    {
      logger: createLogger({ service: 'test', version: '0', level: 'error' }),
      metrics: new Registry(),
      documentation: { title: 'Things', description: 'For tests', version: '1' },
      isUnavailable: () => false,
      hosts: {
        baseUrls: ['https://billing.example', 'https://api.example:8443'],
        names: ['Inside.Example', '0.0.0.0'],
      },
      clients: { trustedProxies: [], connectionsMax: 100, missesPerMinute: 60, replicas: 1, ...clients },
    },
  );
  await app.listen(0, '127.0.0.1');
  onTestFinished(() => app.close());
  return { app, port: Number(new URL(await app.getUrl()).port) };
}

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request as its bytes: fetch sends neither a foreign Host nor an absolute target. */
async function ask(port: number, { method = 'GET', target = '/v1/things', headers = {} }: Sent): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries({ Host: `localhost:${port.toString()}`, ...headers, Connection: 'close' });
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  return await text(socket);
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

test.each(['localhost', '127.0.0.1:9', '[::1]:3000', 'BILLING.example', 'api.example:1', 'inside.example:80'])(
  'Host %s is answered',
  async (host) => {
    const { port } = await run();

    expect(statusOf(await ask(port, { headers: { Host: host } }))).toBe(200);
  },
);

test.each(['evil.example', 'localhost.evil.example', '0.0.0.0', '', 'evil.example@localhost', '127.0.0.1.nip.example'])(
  'F3: Host "%s" is refused, also for reading and for the documentation',
  async (host) => {
    const { port } = await run();

    for (const target of ['/v1/things', '/docs', '/docs-json']) {
      const answer = await ask(port, { target, headers: { Host: host } });
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).toContain('"code":"HOST_UNKNOWN"');
    }
  },
);

test.each([
  { Origin: 'https://evil.example' },
  { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  { Origin: 'null' },
  { Origin: 'http://localhost:1' },
  { Origin: 'https://api.example' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
])('F3: a change asked for with %j is refused', async (headers) => {
  const { port } = await run();
  const before = changes;

  const answer = await ask(port, { method: 'POST', headers });

  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).toContain('"code":"ORIGIN_REFUSED"');
  expect(changes).toBe(before);
  expect(statusOf(await ask(port, { headers })), 'reading changes nothing').toBe(200);
});

test('a change is made for our own pages, and for clients that are no browsers', async () => {
  const { port } = await run();

  for (const headers of [
    {},
    { Origin: `http://localhost:${port.toString()}`, 'Sec-Fetch-Site': 'same-origin' },
    { Origin: `https://localhost:${port.toString()}` },
    { Origin: 'https://billing.example' },
    { Origin: 'https://api.example:8443', 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
  ]) {
    expect(statusOf(await ask(port, { method: 'POST', headers }))).toBe(200);
  }
  expect((await fetch(`http://127.0.0.1:${port.toString()}/v1/things`, { method: 'POST' })).status).toBe(200);
});

test('F18: a target in absolute form names the host, and a redirect repeats only its path', async () => {
  const { port } = await run();

  const refused = await ask(port, { target: 'http://evil.example/v1/things/elsewhere/a' });
  const taken = await ask(port, {
    target: 'http://localhost/v1/things/elsewhere/a?b=1',
    headers: { Host: 'evil.example' },
  });
  const malformed = await ask(port, { target: 'ftp://localhost/v1/things' });

  expect(refused).toMatch(/^HTTP\/1\.1 421 /);
  expect(taken).toMatch(/^HTTP\/1\.1 307 /);
  expect(taken).toContain('\r\nLocation: https://api.example/v1/things/elsewhere/a?b=1\r\n');
  expect(malformed).toMatch(/^HTTP\/1\.1 421 /);
});

test('F12: no answer is kept by a cache, or has an ETag; inline styles and frames are not allowed', async () => {
  const { port } = await run();

  const { headers } = await fetch(`http://127.0.0.1:${port.toString()}/v1/things`);
  const policy = headers.get('content-security-policy') ?? '';
  const page = await fetch(`http://127.0.0.1:${port.toString()}/docs`);

  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('etag')).toBeNull();
  expect(policy).toContain("base-uri 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-inline');
  expect(page.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

async function find(port: number, id: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`http://127.0.0.1:${port.toString()}/v1/things/${id}`, { headers });
}

test('F16: a client that guesses ids is told to wait; its lists and changes go on, and others are answered', async () => {
  const { port } = await run({ missesPerMinute: 3, trustedProxies: ['127.0.0.1'] });
  const guesser = { 'X-Forwarded-For': '203.0.113.7' };
  for (const id of [OTHER_ID, 'x', OTHER_ID]) expect((await find(port, id, guesser)).status).toBeOneOf([400, 404]);

  const refused = await find(port, KNOWN_ID, guesser);

  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
  expect((await find(port, KNOWN_ID, { 'X-Forwarded-For': '203.0.113.8' })).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port.toString()}/v1/things`, { headers: guesser })).status).toBe(200);
});

test('F16: a client that writes the path in another case is counted too', async () => {
  const { port } = await run({ missesPerMinute: 1 });
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port.toString()}${path}`);

  expect((await get(`/V1/Things/${OTHER_ID}`)).status).toBe(404);
  expect((await get(`/V1/THINGS/${KNOWN_ID}`)).status).toBe(429);
});

test('F16: a connection that does not wait for answers is closed, and others are answered', async () => {
  const { port, app } = await run();
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2_000));

  const answers = await text(socket).catch(() => '');

  expect(answers.split('HTTP/1.1 200').length).toBeLessThan(100);
  expect((await fetch(`${await app.getUrl()}/v1/things`)).status).toBe(200);
});

test('requests one after the other on one connection are answered, however many', async () => {
  const { port } = await run();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  let answered = 0;
  const ask40 = (): boolean => answered < 40 && socket.write('GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.on('data', (data: Buffer) => {
    answered += data.toString().split('HTTP/1.1 200').length - 1;
    ask40();
  });
  ask40();

  await waitFor(() => Promise.resolve(answered === 40), { describe: 'forty answers' });
});

test.each([
  ['no', 'GET /v1/things HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['two', 'GET /v1/things HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'],
])('F3: a request with %s Host is malformed', async (_, bytes) => {
  const { port } = await run();
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);

  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"REQUEST_MALFORMED"/);
});

test('an expectation that is not known is ignored', async () => {
  const { port } = await run();

  expect(statusOf(await ask(port, { headers: { Expect: 'x' } }))).toBe(200);
});

test('F16: what is found is not counted, and X-Forwarded-For of a stranger is not believed', async () => {
  const { port } = await run({ missesPerMinute: 2 });
  for (let at = 0; at < 5; at += 1) expect((await find(port, KNOWN_ID)).status).toBe(200);
  for (let at = 0; at < 2; at += 1) await find(port, OTHER_ID, { 'X-Forwarded-For': `203.0.113.${at.toString()}` });

  expect((await find(port, KNOWN_ID, { 'X-Forwarded-For': '203.0.113.9' })).status).toBe(429);
});

/** Resolves with true once the server has closed the connection, false once it answers a request on it. */
async function isRefused(socket: Socket): Promise<boolean> {
  return await new Promise((resolve) => {
    socket.once('close', () => {
      resolve(true);
    });
    socket.once('error', () => undefined);
    socket.once('data', () => {
      resolve(false);
    });
    socket.write('GET /v1/things HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
}

test('F16: one address holds so many connections, and another address is answered meanwhile', async () => {
  const { app, port } = await run({ connectionsMax: 5 });
  const open = (localAddress: string): Socket => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    onTestFinished(() => {
      socket.destroy();
    });
    return socket;
  };
  const idle = Array.from({ length: 5 }, () => open('127.0.0.2'));
  const connections = async (): Promise<number> =>
    await new Promise((resolve) => {
      (app.getHttpServer() as { getConnections(done: (error: unknown, count: number) => void): void }).getConnections(
        (_error, count) => {
          resolve(count);
        },
      );
    });
  await waitFor(async () => (await connections()) === 5, { describe: 'the idle connections' });

  expect(await isRefused(open('127.0.0.2'))).toBe(true);
  expect(await isRefused(open('127.0.0.3'))).toBe(false);

  idle[0]?.destroy();
  await waitFor(async () => !(await isRefused(open('127.0.0.2'))), { describe: 'the place of a closed connection' });
});

test('F16: headers beyond their time are looked for every two seconds', async () => {
  const { app } = await run();

  expect(app.getHttpServer()).toMatchObject({ connectionsCheckingInterval: 2_000, headersTimeout: 10_000 });
});

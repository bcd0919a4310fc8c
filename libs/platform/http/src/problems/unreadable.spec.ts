import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Body, Controller, Module, Post, Req } from '@nestjs/common';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '#observability';
import { waitFor } from '#testing';
import { createHttpApp, type HttpAppOptions } from '../app/create-http-app.ts';

const fields = z.strictObject({ name: z.string() });

@Controller('v1/things')
class ThingsController {
  @Post()
  change(@Body({ schema: fields }) body: z.output<typeof fields>): object {
    return body;
  }
}

/** How the reading of a raw body ended. */
const endings: string[] = [];

@Controller('v1/files')
class FilesController {
  @Post()
  async read(@Req() request: IncomingMessage): Promise<object> {
    try {
      return { bytes: (await buffer(request)).length };
    } catch (error) {
      endings.push(String(error));
      throw error;
    }
  }
}

@Module({ controllers: [ThingsController, FilesController] })
class ThingsModule {}

async function run(options: Partial<HttpAppOptions> = {}) {
  const lines: string[] = [];
  const stream = new PassThrough().on('data', (line: Buffer) => lines.push(line.toString()));
  const metrics = new Registry();
  const app = await createHttpApp(
    { module: ThingsModule },
    {
      logger: createLogger({ service: 'test', version: '0', level: 'info', stream }),
      metrics,
      documentation: { title: 'Things', description: 'For tests', version: '1' },
      isUnavailable: () => false,
      hosts: { baseUrls: ['https://billing.example'], names: [] },
      clients: { trustedProxies: [], connectionsMax: 1, missesPerMinute: 60, replicas: 1 },
      requestTimeoutMs: 100,
      ...options,
    },
  );
  // Below that of the whole request, or it takes its place.
  app.getHttpServer().headersTimeout = 50;
  await app.listen(0, '127.0.0.1');
  onTestFinished(() => app.close());
  const port = Number(new URL(await app.getUrl()).port);
  /** The answer to these bytes, after which the client is silent. */
  const answerTo = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes, 'latin1');
    return await text(socket);
  };
  return { port, lines, answerTo, metrics: () => metrics.metrics() };
}

const start = 'POST /v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400, 'REQUEST_MALFORMED'],
  ['the first bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00', 400, 'REQUEST_MALFORMED'],
  ['20 KiB of headers', `${start}X-Long: ${'x'.repeat(20 * 1024)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ['headers that do not end', `${start}X-Slow: `, 408, 'REQUEST_TIMEOUT'],
])('%s: a problem, a line and a count', async (_, bytes, status, code) => {
  const { answerTo, lines, metrics } = await run();

  const answer = await answerTo(bytes);

  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status.toString()} `));
  expect(answer).toContain('\r\nContent-Type: application/problem+json\r\n');
  expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ status, code, detail: expect.any(String) });
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ status, problem: code }),
  );
  expect(await metrics()).toContain(`billing_http_refused_connections_total{reason="${code}"} 1`);
});

test('a body that does not come: the request is answered 408, with its line and its measurement', async () => {
  const { answerTo, lines, metrics } = await run();

  const answer = await answerTo(`${start}Content-Length: 20\r\n\r\n{"name":`);

  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('\r\nX-Request-Id: ');
  expect(answer).toContain('"code":"REQUEST_TIMEOUT"');
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(expect.objectContaining({ status: 408 }));
  expect(await metrics()).toMatch(/billing_http_request_duration_seconds_count\{[^}]*status="408"\} 1/);
});

test('a handler that reads a body which does not come is told so, and its answer stays 408', async () => {
  const { answerTo } = await run();

  const answer = await answerTo('POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\nhalf');

  expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
  await waitFor(() => Promise.resolve(endings.length === 1), { describe: 'the end of the reading' });
});

test.each(['/v1/things', '/V1/Things/'])(
  'a body has the time of its route, %s: that of another is not its own',
  async (path) => {
    const { port, answerTo } = await run({ longBodies: { method: 'POST', path: '/v1/things', timeoutMs: 3_600_000 } });
    const open = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    onTestFinished(() => {
      open.destroy();
    });
    let longAnswer = '';
    open.on('data', (data: Buffer) => (longAnswer += data.toString()));
    open.write(`${start.replace('/v1/things', path)}Content-Length: 20\r\n\r\n{"name":`);

    const answer = await answerTo('POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\nhalf');

    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"REQUEST_TIMEOUT"/);
    expect(longAnswer).toBe('');
    open.write('"Ana"}      ');
    await waitFor(() => Promise.resolve(longAnswer.startsWith('HTTP/1.1 201 ')), {
      describe: 'the answer of the long route',
    });
  },
);

test('a connection beyond what one client may hold is counted', async () => {
  const { port, answerTo, metrics } = await run();
  const held = connect(port, '127.0.0.1');
  onTestFinished(() => {
    held.destroy();
  });
  await new Promise((resolve) => held.once('connect', resolve));

  expect(await answerTo(`${start}\r\n`).catch(() => '')).toBe('');

  expect(await metrics()).toContain('billing_http_refused_connections_total{reason="CLIENT_CONNECTIONS"} 1');
});

test('the line of a refused request names its problem', async () => {
  const { answerTo, lines } = await run();

  await answerTo(`${start}Connection: close\r\nContent-Length: 2\r\n\r\n{}`);

  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ status: 400, problem: 'FIELD_INVALID', route: '/v1/things' }),
  );
});

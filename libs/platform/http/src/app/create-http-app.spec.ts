import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Body, Controller, Get, HttpCode, Module, NotFoundException, Param, Post, Res } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '#observability';
import { fieldsInvalid, ProblemError } from '../problems/problem.ts';
import { createHttpApp } from './create-http-app.ts';

class Away extends Error {}

const greeting = z.strictObject({ name: z.string().min(1), times: z.int().positive().max(10) });

@Controller('things')
class ThingsController {
  @Get(':kind')
  fail(@Param('kind') kind: string): string {
    switch (kind) {
      case 'problem':
        throw new ProblemError({
          status: 409,
          code: 'BATCH_NOT_CANCELLABLE',
          title: 'The batch cannot be cancelled',
          detail: 'It is completed.',
          extra: { batchStatus: 'completed' },
          headers: { 'Retry-After': '1' },
        });
      case 'nest':
        throw new NotFoundException('no such thing');
      case 'zod':
        z.object({ a: z.string(), b: z.object({ c: z.int() }) }).parse({ b: { c: 'x' } });
        return '';
      case 'away':
        throw new Away('connection refused to db.internal:5432');
      case 'fields':
        throw fieldsInvalid([{ field: 'account.agencia', code: 'required', message: 'is required by this bank' }]);
      case 'unknown':
        throw new Error('password authentication failed for user billing');
      default:
        return kind;
    }
  }

  @Get('half/answer')
  half(@Res() response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/csv' });
    response.write('line;value\n');
    throw new Error('the database went away in the middle');
  }

  @Post()
  @HttpCode(200)
  greet(@Body({ schema: greeting }) body: z.output<typeof greeting>): string {
    return body.name.repeat(body.times);
  }

  @Post('large')
  @HttpCode(200)
  count(@Body({ schema: greeting }) body: z.output<typeof greeting>): string {
    return body.name.length.toString();
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

let app: NestExpressApplication;
let origin: string;
const log = new PassThrough();
const lines: string[] = [];

beforeAll(async () => {
  log.on('data', (line: Buffer) => lines.push(line.toString()));
  app = await createHttpApp(
    { module: ThingsModule },
    {
      logger: createLogger({ service: 'test', version: '0', level: 'info', stream: log }),
      metrics: new Registry(),
      documentation: { title: 'Things', description: 'For tests', version: '1' },
      isUnavailable: (error) => error instanceof Away,
      hosts: { baseUrls: ['https://billing.example'], names: ['Inside.Example', '0.0.0.0'] },
      clients: { trustedProxies: ['127.0.0.9'], connectionsMax: 100, missesPerMinute: 60, replicas: 1 },
      largeBodies: [{ method: 'POST', path: '/things/large', bytesMax: 96 * 1024 }],
    },
  );
  await app.listen(0, '127.0.0.1');
  origin = await app.getUrl();
});

afterAll(() => app.close());

/** Checks the fields of every problem and returns the rest of its body. */
async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { type, status, requestId, ...rest } = (await response.json()) as Record<string, unknown>;
  expect(type).toBe(`urn:problem-type:smart-billing:${String(rest['code'])}`);
  expect(status).toBe(response.status);
  expect(requestId).toBe(response.headers.get('x-request-id'));
  return rest;
}

test('a problem is sent with its code, extra members and headers', async () => {
  const response = await fetch(`${origin}/things/problem`);

  expect(response.status).toBe(409);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await problemOf(response)).toEqual({
    code: 'BATCH_NOT_CANCELLABLE',
    title: 'The batch cannot be cancelled',
    detail: 'It is completed.',
    batchStatus: 'completed',
  });
});

test("Nest's own exceptions and unknown routes are problems too", async () => {
  expect(await problemOf(await fetch(`${origin}/things/nest`))).toEqual({
    code: 'NOT_FOUND',
    title: 'Not Found',
    detail: 'no such thing',
  });
  expect(await problemOf(await fetch(`${origin}/nowhere`))).toMatchObject({ code: 'NOT_FOUND' });
});

test('a zod error names every field', async () => {
  const response = await fetch(`${origin}/things/zod`);

  expect(response.status).toBe(400);
  expect(await problemOf(response)).toMatchObject({
    code: 'FIELD_INVALID',
    errors: [
      { field: 'a', code: 'invalid_type' },
      { field: 'b.c', code: 'invalid_type' },
    ],
  });
});

test('field problems that are no schema issues look the same', async () => {
  expect(await problemOf(await fetch(`${origin}/things/fields`))).toEqual({
    code: 'FIELD_INVALID',
    title: 'A field is invalid',
    detail: 'account.agencia: is required by this bank',
    errors: [{ field: 'account.agencia', code: 'required', message: 'is required by this bank' }],
  });
});

test('a dependency that is away is 503 and worth another try', async () => {
  const response = await fetch(`${origin}/things/away`);

  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(JSON.stringify(await problemOf(response))).not.toContain('db.internal');
});

test('an unforeseen error is 500 without its text, which is logged', async () => {
  const response = await fetch(`${origin}/things/unknown`, { headers: { 'X-Request-Id': 'from-the-caller' } });

  expect(response.status).toBe(500);
  expect(response.headers.get('x-request-id')).toBe('from-the-caller');
  expect(await problemOf(response)).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    title: 'Internal Server Error',
    detail: 'It is our fault, and was logged. If it happens again, tell the operator this requestId.',
  });
  const logged = lines.find((line) => line.includes('http.failed') && line.includes('from-the-caller'));
  expect(logged).toContain('password authentication failed');
});

test('an answer that fails in the middle is cut, not completed', async () => {
  const response = await fetch(`${origin}/things/half/answer`);

  await expect(response.text()).rejects.toThrow(TypeError);
});

function greet(body: string): Promise<Response> {
  return fetch(`${origin}/things`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

test('a body is checked against its schema, every problem at once', async () => {
  expect(await (await greet('{"name":"Ana","times":2}')).text()).toBe('AnaAna');

  const response = await greet('{"name":"","times":11,"more":1}');
  expect(response.status).toBe(400);
  const problem = await problemOf(response);
  expect((problem['errors'] as { field: string }[]).map(({ field }) => field)).toEqual(['name', 'times', '']);
});

test('a body that is no JSON, or too much of it, is refused', async () => {
  const malformed = await greet('{"name":');
  expect([malformed.status, (await problemOf(malformed))['code']]).toEqual([400, 'BAD_REQUEST']);

  const long = await greet(JSON.stringify({ name: 'a'.repeat(64 * 1024) }));
  expect([long.status, (await problemOf(long))['code']]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
});

function sendLarge(kib: number): Promise<Response> {
  return fetch(`${origin}/things/large`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ name: 'a'.repeat(kib * 1024), times: 1 }),
  });
}

test('a route may take larger bodies than the others', async () => {
  expect(await (await sendLarge(95)).text()).toBe((95 * 1024).toString());
  const tooLong = await sendLarge(96);
  expect([tooLong.status, (await problemOf(tooLong))['code']]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
});

test('a client that is refused while it sends reads the whole answer before the connection closes', async () => {
  const { port } = new URL(origin);
  const socket = connect(Number(port), '127.0.0.1');
  const answer = text(socket);
  const size = 20 * 1024 * 1024;
  socket.write(
    `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: ${size.toString()}\r\n\r\n`,
  );
  socket.end(Buffer.alloc(size));

  const received = await answer;

  expect(received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect(received).toContain('Connection: close');
  expect(received).toMatch(/"code":"NOT_FOUND".*\}$/s);
});

test.each<[string, { type?: string; encoding?: string; body?: string }, number, string]>([
  ['/nowhere', {}, 404, 'Cannot POST /nowhere: /docs lists every route.'],
  ['/things', { body: '{' }, 400, 'The body is not JSON. Check its quotes, commas and brackets.'],
  ['/things', { body: '{"name":"'.padEnd(70_000, 'a') }, 413, 'Send at most 65536 bytes of JSON.'],
  ['/things', { type: 'application/json; charset=x', body: '{}' }, 415, 'Send the JSON in UTF-8.'],
  ['/things', { encoding: 'x', body: '{}' }, 415, 'Send the body as it is, or compressed with gzip, deflate or br.'],
])(
  'POST %s says what to do: case %#',
  async (path, { type = 'application/json', encoding = '', body = '' }, status, detail) => {
    const headers = { 'Content-Type': type, ...(encoding === '' ? {} : { 'Content-Encoding': encoding }) };
    const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body });

    expect([response.status, (await problemOf(response))['detail']]).toEqual([status, detail]);
  },
);

test('a path that cannot be decoded is refused with what to do', async () => {
  const response = await fetch(`${origin}/things/%ff`);

  expect([response.status, (await problemOf(response))['detail']]).toEqual([
    400,
    'The path has a % that begins no character: write a % as %25.',
  ]);
});

test('the security headers are there, and what would give the software away is not', async () => {
  const { headers } = await fetch(`${origin}/things/any`);

  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
});

test('patience is bounded', () => {
  const server: Server = app.getHttpServer();
  const untouched = createServer();

  expect(server.headersTimeout).toBe(10_000);
  expect(server.requestTimeout).toBe(60_000);
  expect(server.timeout).toBe(75_000);
  expect(untouched.timeout).toBe(0);
});

test('the document and its page are served', async () => {
  const document = (await (await fetch(`${origin}/docs-json`)).json()) as { paths: Record<string, unknown> };
  expect(Object.keys(document.paths)).toContain('/things');
  expect(JSON.stringify(document.paths['/things'])).toContain('"times"');

  const page = await fetch(`${origin}/docs`);
  expect(page.headers.get('content-type')).toContain('text/html');
});

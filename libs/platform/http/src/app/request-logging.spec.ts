import { request as httpRequest, type ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addLogContext, createLogger, createMetrics } from '#observability';
import { httpMetrics } from './http.metrics.ts';
import { requestLogging } from './request-logging.ts';

@Controller('v1/batches')
class BatchesController {
  @Get('broken')
  broken(): string {
    throw new Error('broken on purpose');
  }

  @Get('slow')
  slow(@Res() response: ServerResponse): void {
    response.write('never ends');
  }

  @Get(':id')
  async batch(@Param('id') id: string): Promise<string> {
    await Promise.resolve();
    addLogContext({ batchId: id });
    return 'ok';
  }
}

@Module({ controllers: [BatchesController] })
class TestModule {}

async function start() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const registry = createMetrics({ service: 'test', version: '0' });
  const app = await NestFactory.create<NestExpressApplication>(TestModule, {
    logger: false,
    forceCloseConnections: true,
  });
  app.use(
    requestLogging({
      logger: createLogger({ service: 'test', version: '0', level: 'info', stream }),
      metrics: httpMetrics(registry),
    }),
  );
  await app.listen(0, '127.0.0.1');
  onTestFinished(() => app.close());
  return { url: await app.getUrl(), lines, registry };
}

test('one line a request, with the route instead of the path, and what was learnt on the way', async () => {
  const { url, lines, registry } = await start();
  const batchId = '01234567-8901-4234-8567-890123456789';

  const answer = await fetch(`${url}/v1/batches/${batchId}?cpf=52998224725`, {
    headers: { 'X-Request-Id': 'abc-12345' },
  });
  await answer.text();

  await vi.waitFor(() => {
    expect(lines).toHaveLength(1);
  });
  expect(answer.headers.get('x-request-id')).toBe('abc-12345');
  expect(lines[0]).toMatchObject({
    message: 'request',
    'event.action': 'http.request',
    'log.level': 'info',
    method: 'GET',
    route: '/v1/batches/:id',
    status: 200,
    durationMs: expect.any(Number),
    requestId: 'abc-12345',
    recordId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    batchId,
  });
  expect(await registry.metrics()).toContain(
    'billing_http_request_duration_seconds_count{method="GET",route="/v1/batches/:id",status="200"} 1',
  );
});

test('a path that no route takes is not a time series of its own', async () => {
  const { url, lines } = await start();

  const answer = await fetch(`${url}/wp-admin/52998224725`, { headers: { 'X-Request-Id': 'not a token\u00e9' } });
  await answer.text();

  await vi.waitFor(() => {
    expect(lines).toHaveLength(1);
  });
  expect(lines[0]).toMatchObject({ route: 'unmatched', status: 404 });
  expect(lines[0]?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
});

test('a server error is logged as an error', async () => {
  const { url, lines } = await start();

  await (await fetch(`${url}/v1/batches/broken`)).text();

  await vi.waitFor(() => {
    expect(lines).toMatchObject([{ 'log.level': 'error', route: '/v1/batches/broken', status: 500 }]);
  });
});

test('a client that goes away is seen', async () => {
  const { url, lines } = await start();

  const client = httpRequest(`${url}/v1/batches/slow`, (answer) => {
    answer.once('data', () => client.destroy());
    answer.on('error', () => undefined);
  });
  client.on('error', () => undefined);
  client.end();

  await vi.waitFor(() => {
    expect(lines).toMatchObject([{ route: '/v1/batches/slow', status: 499 }]);
  });
});

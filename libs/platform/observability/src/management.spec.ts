import { createServer, type Server } from 'node:http';
import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLogger } from './logger.ts';
import { startManagement, type ManagementOptions } from './management.ts';
import { createMetrics } from './metrics.ts';

const silent = new Writable({
  write(_chunk, _encoding, done) {
    done();
  },
});

async function start(options: Partial<ManagementOptions> = {}): Promise<string> {
  const management = await startManagement({
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ service: 'test', version: '0', level: 'error', stream: silent }),
    metrics: createMetrics({ service: 'test', version: '0' }),
    checks: [],
    draining: () => false,
    ...options,
  });
  onTestFinished(() => management.close());
  return `http://127.0.0.1:${management.port.toString()}`;
}

/** The value of billing_ready. */
async function readyMetric(url: string): Promise<string | undefined> {
  return /^billing_ready (.+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
}

const up = { name: 'database', check: () => Promise.resolve() };

describe('the management port', () => {
  test('a process is ready when every check passes', async () => {
    const url = await start({ checks: [up, { name: 'broker', check: () => Promise.resolve() }] });

    const answer = await fetch(`${url}/health/ready`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'ok',
      details: { 'accepting-work': { status: 'up' }, database: { status: 'up' }, broker: { status: 'up' } },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
  });

  test('a process stays ready when a check returns details', async () => {
    const waiting = { breakers: { 'notifier.chunks': 'open: ECONNREFUSED' } };
    const url = await start({ checks: [{ name: 'broker', check: () => Promise.resolve(waiting) }] });

    const answer = await fetch(`${url}/health/ready`);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'ok', details: { broker: { status: 'up', ...waiting } } });
  });

  test('a failed check is reported with its reason, masked, and the process stays alive', async () => {
    const down = { name: 'broker', check: () => Promise.reject(new Error('no consumer for amqp://a:b@c')) };
    const url = await start({ checks: [up, down] });

    const answer = await fetch(`${url}/health/ready`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      status: 'error',
      info: { database: { status: 'up' } },
      error: { broker: { status: 'down', message: 'no consumer for amqp://[credentials]@c' } },
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('a check that throws at once or never answers counts as failed', async () => {
    const throwing = {
      name: 'throwing',
      check: () => {
        throw new Error('at once');
      },
    };
    const hanging = { name: 'hanging', check: () => new Promise<void>(() => undefined) };
    const url = await start({ checks: [throwing, hanging] });

    const answer = await fetch(`${url}/health/ready`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { throwing: { message: 'at once' }, hanging: { message: expect.stringContaining('timeout') } },
    });
  });

  test('a metric has the same verdict as /health/ready', async () => {
    let isDown = true;
    const check = { name: 'database', check: () => (isDown ? Promise.reject(new Error('away')) : Promise.resolve()) };
    const hanging = { name: 'hanging', check: () => new Promise<void>(() => undefined) };
    const url = await start({ checks: [up, check] });

    expect(await readyMetric(url)).toBe('0');
    isDown = false;
    expect(await readyMetric(url)).toBe('1');
    expect(await readyMetric(await start({ checks: [hanging] }))).toBe('0');
    expect(await readyMetric(await start({ checks: [up], draining: () => true }))).toBe('0');
  });

  test('a draining process is alive and not ready', async () => {
    let draining = false;
    const url = await start({ checks: [up], draining: () => draining });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    draining = true;

    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { 'accepting-work': { message: 'stopping' } } });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('the management port serves the metrics in the text format', async () => {
    const url = await start();

    const answer = await fetch(`${url}/metrics`);

    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('billing_build_info{service="test",version="0"} 1');
  });

  test('a port that is taken is named in the error', async () => {
    const taken = await listening();
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    await expect(start({ port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port.toString()}`);
  });

  test('the management port closes although a client keeps its connection open', async () => {
    const management = await startManagement({
      host: '127.0.0.1',
      port: 0,
      logger: createLogger({ service: 'test', version: '0', level: 'error', stream: silent }),
      metrics: createMetrics({ service: 'test', version: '0' }),
      checks: [],
      draining: () => false,
    });
    const url = `http://127.0.0.1:${management.port.toString()}/health/live`;
    expect((await fetch(url)).status).toBe(200);

    await management.close();

    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    onTestFinished(() => {
      server.close();
    });
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

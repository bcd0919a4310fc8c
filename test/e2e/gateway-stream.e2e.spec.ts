import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as requestOf, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { Run } from '../../scripts/lib/run/run.mjs';
import { System } from '../../scripts/lib/system/system.mjs';

const MIB = 1024 * 1024;
const UPLOAD_MIB = 400;
/** Fills the young generation of the heap, which may take 48 MiB, and the buffers of the sockets. */
const FIRST_UPLOAD_MIB = 100;
/** A body that is kept would take as much as it has. */
const GROWTH_MIB_MAX = 60;

/** The gateway as a process, with `answer` in place of both APIs. */
async function startGateway(answer: RequestListener) {
  const app = createServer(answer).listen(0, '127.0.0.1');
  await once(app, 'listening');
  const url = `http://127.0.0.1:${(app.address() as AddressInfo).port.toString()}`;
  const run = new Run();
  const nowhere = { databaseUrl: 'postgres://127.0.0.1:1/none', rabbitmqUrl: 'amqp://127.0.0.1:1/none' };
  const system = await System.create({ run, ...nowhere, environment: { UPLOAD_API_URL: url, BILLING_API_URL: url } });
  onTestFinished(async () => {
    await run.stop();
    app.close().closeAllConnections();
  });
  const { pid } = system.start('gateway');
  await system.ready();
  return { origin: system.url, pid };
}

/** The most memory that a process has held so far, in MiB. */
function peakMemoryOf(pid: number): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid.toString()}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

/** Sends blocks as the socket takes them, until there are enough or the connection has ended. */
function upload(origin: string, mib: number) {
  const outgoing = requestOf(`${origin}/v1/batches`, {
    method: 'POST',
    headers: { 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': mib * MIB },
  });
  const block = Buffer.alloc(MIB, 'x');
  let sent = 0;
  const pump = (): void => {
    while (sent < mib && !outgoing.destroyed) {
      sent += 1;
      if (!outgoing.write(block)) return;
    }
    if (sent === mib) outgoing.end();
  };
  outgoing.on('drain', pump);
  pump();
  return { outgoing, sent: () => sent };
}

test.skipIf(process.platform !== 'linux')(
  'an upload streams through the gateway, whose memory stays flat',
  async () => {
    let bytes = 0;
    const { origin, pid } = await startGateway((incoming, response) => {
      incoming.on('data', ({ length }: Buffer) => (bytes += length));
      incoming.once('end', () => response.writeHead(202).end('taken'));
    });
    const answered = once(upload(origin, FIRST_UPLOAD_MIB).outgoing, 'response') as Promise<[IncomingMessage]>;
    expect(await text((await answered)[0])).toBe('taken');
    const before = peakMemoryOf(pid);
    bytes = 0;

    const [response] = (await once(upload(origin, UPLOAD_MIB).outgoing, 'response')) as [IncomingMessage];

    expect([response.statusCode, await text(response), bytes]).toEqual([202, 'taken', UPLOAD_MIB * MIB]);
    expect(peakMemoryOf(pid) - before).toBeLessThan(GROWTH_MIB_MAX);
  },
);

test('a refusal arrives whole through the gateway while most of the body is still to come', async () => {
  const problem = JSON.stringify({ code: 'HEADER_MISSING', detail: 'x'.repeat(5_000) });
  const { origin } = await startGateway((incoming, response) => {
    const headers = { 'Content-Type': 'application/problem+json', 'Content-Length': problem.length };
    response.writeHead(422, { ...headers, Connection: 'close' }).write(problem);
    // The apps do the same: they read on for a while, then close the connection. One that is closed at once is reset,
    // and its answer may be lost.
    let left = 8 * MIB;
    incoming.on('data', ({ length }: Buffer) => {
      left -= length;
      if (left < 0) response.end();
    });
  });
  const { outgoing, sent } = upload(origin, UPLOAD_MIB);
  outgoing.on('error', () => undefined); // the gateway stops reading some time after its answer

  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];

  expect([response.statusCode, await text(response)]).toEqual([422, problem]);
  expect(sent()).toBeLessThan(UPLOAD_MIB);
  outgoing.destroy();
});

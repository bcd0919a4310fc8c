import { once } from 'node:events';
import { request as requestOf, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { routes } from '#contracts/http';
import { waitFor } from '#testing';
import { startLab } from './gateway.fixture.ts';

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';
const MIB = 1024 * 1024;

test.each(Object.entries(routes))('%s is sent to one app, once', async (key, { servedBy }) => {
  const { origin, seen, lines } = await startLab();
  const [method = '', template = ''] = key.split(' ');
  const path = `${template.replaceAll(/\{\w+\}/g, ID)}?a=%2F..&b=1`;

  const response = await fetch(origin + path, { method });

  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  expect(seen.map(({ app, request }) => [app, request.method, request.url])).toEqual([[servedBy, method, path]]);
  const line = await waitFor(() => lines.find((each) => each.includes('http.request')), { describe: 'the line' });
  expect(JSON.parse(line)).toMatchObject({ route: template.replaceAll(/\{(\w+)\}/g, ':$1'), status: 200 });
});

test.each(['GET /v1/nothing', 'DELETE /v1/batches', 'GET /', 'GET /v1', 'POST /docs', 'GET //v1/batches'])(
  '%s is 404 problem+json, and no app sees it',
  async (request) => {
    const { origin, seen } = await startLab();
    const [method = '', path = ''] = request.split(' ');

    const response = await fetch(origin + path, { method, headers: { Accept: 'text/html' } });

    expect([response.status, response.headers.get('Content-Type')]).toEqual([404, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND', requestId: response.headers.get('X-Request-Id') });
    expect(seen).toEqual([]);
  },
);

test('a body goes on while the client is still sending it', async () => {
  const { origin, seen } = await startLab((request, response) => {
    request.once('end', () => response.writeHead(202).end());
  });
  const upload = requestOf(`${origin}/v1/batches`, { method: 'POST' });
  upload.write('first');

  const { request } = await waitFor(() => seen[0], { describe: 'the request at the app' });
  const [block] = (await once(request, 'data')) as [Buffer];
  expect([block.toString(), request.complete]).toEqual(['first', false]);

  upload.end('second');
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(202);
  response.resume();
});

test('a large body arrives whole, and a slow app slows the client down', async () => {
  const { origin, seen } = await startLab(() => undefined);
  const upload = requestOf(`${origin}/v1/batches`, { method: 'POST', headers: { 'Content-Length': 64 * MIB } });
  const block = Buffer.alloc(MIB, 'x');
  let sent = 0;
  const pump = (): void => {
    while (sent < 64) {
      sent += 1;
      if (!upload.write(block)) return;
    }
    upload.end();
  };
  upload.on('drain', pump);
  pump();
  const { request, response } = await waitFor(() => seen[0], { describe: 'the request at the app' });
  // Nothing is read: what the sockets and buffers between hold is all that leaves the client.
  await waitFor(() => upload.writableNeedDrain, { describe: 'the client to wait' });
  expect(sent).toBeLessThan(64);

  let bytes = 0;
  request.on('data', (part: Buffer) => (bytes += part.length));
  await once(request, 'end');
  response.end();

  expect(bytes).toBe(64 * MIB);
  const [answer] = (await once(upload, 'response')) as [IncomingMessage];
  answer.resume();
});

test('an early refusal arrives whole while the body is still being sent', async () => {
  const problem = JSON.stringify({ code: 'HEADER_MISSING', detail: 'x'.repeat(10_000) });
  const { origin } = await startLab((request, response) => {
    const headers = { 'Content-Type': 'application/problem+json', 'Content-Length': problem.length };
    response.writeHead(422, { ...headers, Connection: 'close' }).write(problem);
    // The apps do the same: they read on for a while, then close the connection.
    let left = 8 * MIB;
    request.on('data', ({ length }: Buffer) => {
      left -= length;
      if (left < 0) response.end();
    });
  });
  const upload = requestOf(`${origin}/v1/batches`, { method: 'POST', headers: { 'Content-Length': 512 * MIB } });
  upload.on('error', () => undefined); // the gateway stops reading some time after its answer
  const block = Buffer.alloc(MIB, 'x');
  const pump = (): void => {
    while (!upload.destroyed && upload.write(block));
  };
  upload.on('drain', pump);
  pump();

  const [response] = (await once(upload, 'response')) as [IncomingMessage];

  expect(response.statusCode).toBe(422);
  expect(await text(response)).toBe(problem);
  upload.destroy();
});

test('server-sent events arrive one by one', async () => {
  const { origin, seen } = await startLab((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
  });
  const stream = await fetch(`${origin}/v1/batches/${ID}/events`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();

  expect((await reader?.read())?.value).toBe('data: 1\n\n');
  seen[0]?.response.end('data: 2\n\n');
  expect((await reader?.read())?.value).toBe('data: 2\n\n');
  expect((await reader?.read())?.done).toBe(true);
});

test('a client that goes away ends the request at the app', async () => {
  const { origin, seen } = await startLab((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
  });
  const leaving = new AbortController();
  await fetch(`${origin}/v1/batches/${ID}/events`, { signal: leaving.signal });
  const { response } = await waitFor(() => seen[0], { describe: 'the request at the app' });
  const gone = once(response, 'close');

  leaving.abort();

  await gone;
});

test('an upload that the client breaks off is broken off at the app', async () => {
  const { origin, seen } = await startLab((request) => {
    request.on('error', () => undefined).resume();
  });
  const upload = requestOf(`${origin}/v1/batches`, { method: 'POST' });
  upload.on('error', () => undefined).write('first');
  const { request } = await waitFor(() => seen[0], { describe: 'the request at the app' });
  const gone = new Promise<void>((resolve) => {
    request.once('close', resolve);
  });

  upload.destroy();

  await gone;
  expect(request.complete).toBe(false);
});

test('an answer comes with its status, its repeated headers and its body, as the app gave them', async () => {
  const { origin } = await startLab((_request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.writeHead(206, { 'Content-Range': 'bytes 0-3/10', ETag: '"x"', 'Cache-Control': 'private' }).end('0123');
  });

  const response = await fetch(`${origin}/v1/exports/${ID}/download`);

  expect([response.status, await response.text()]).toEqual([206, '0123']);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('Content-Range')).toBe('bytes 0-3/10');
  expect(response.headers.get('Cache-Control')).toBe('private');
});

test('HEAD and 304 have no body, and the connection stays usable', async () => {
  const { origin } = await startLab((request, response) => {
    if (request.method === 'HEAD') response.writeHead(200, { 'Content-Length': 7 }).end();
    else response.writeHead(304).end();
  });

  const head = await fetch(`${origin}/v1/batches`, { method: 'HEAD' });
  expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '7', '']);
  expect((await fetch(`${origin}/v1/batches`)).status).toBe(304);
});

test('an app that is away is 503 for its routes alone', async () => {
  const lab = await startLab();
  lab.apps['upload-api'].close().closeAllConnections();
  await once(lab.apps['upload-api'], 'close');

  const response = await fetch(`${lab.origin}/v1/batches`, { method: 'POST', body: 'x' });

  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({ code: 'UPSTREAM_AWAY' });
  expect((await fetch(`${lab.origin}/v1/batches`)).status).toBe(200);
  expect((await fetch(`${lab.managementOrigin}/health/ready`)).status).toBe(200);
});

test('an app that closes the connection without an answer is 502', async () => {
  const { origin } = await startLab((request) => request.socket.destroy());

  const response = await fetch(`${origin}/v1/stages/notifier.chunks/pause`, { method: 'POST', body: 'x' });

  expect([response.status, await response.json()]).toMatchObject([502, { code: 'UPSTREAM_BROKEN' }]);
});

test('half an answer breaks off for the client too', async () => {
  const { origin } = await startLab((_request, response) => {
    response.writeHead(200, { 'Content-Length': 10 }).write('half', () => response.destroy());
  });

  const response = await fetch(`${origin}/v1/batches/${ID}/results.csv`);

  await expect(response.text()).rejects.toThrow('terminated');
});

test('a connection that an app closed while it was idle is not noticed', async () => {
  const { origin, apps } = await startLab();
  for (let round = 0; round < 3; round += 1) {
    expect((await fetch(`${origin}/v1/batches`)).status).toBe(200);
    apps['billing-api'].closeIdleConnections();
  }
});

test('a foreign Host is 421, a foreign page 403, and no app sees either', async () => {
  const { origin, gateway, seen } = await startLab();
  const foreign = requestOf({ port: gateway.port, path: '/v1/batches', headers: { Host: 'evil.example' } }).end();
  const [answer] = (await once(foreign, 'response')) as [IncomingMessage];
  expect([answer.statusCode, await json(answer)]).toMatchObject([421, { code: 'HOST_UNKNOWN' }]);

  const page = await fetch(`${origin}/v1/batches`, { method: 'POST', headers: { Origin: 'https://evil.example' } });
  expect([page.status, await page.json()]).toMatchObject([403, { code: 'ORIGIN_REFUSED' }]);
  expect(seen).toEqual([]);

  const own = { method: 'POST', headers: { Origin: 'https://billing.example' } };
  expect((await fetch(`${origin}/v1/batches`, own)).status).toBe(200);
});

test('it counts and logs what it answers, its own refusals too', async () => {
  const { origin, managementOrigin } = await startLab();
  await fetch(`${origin}/v1/batches`);
  await fetch(`${origin}/v1/nothing`);

  const metrics = await (await fetch(`${managementOrigin}/metrics`)).text();

  expect(metrics).toMatch(/request_duration_seconds_count\{method="GET",route="\/v1\/batches",status="200"/);
  expect(metrics).toMatch(/request_duration_seconds_count\{method="GET",route="unmatched",status="404"/);
});

test('the id of a request is the same in the app', async () => {
  const { origin, seen } = await startLab();

  const response = await fetch(`${origin}/v1/batches`);

  expect(seen[0]?.request.headers['x-request-id']).toBe(response.headers.get('X-Request-Id'));
});

test('told to stop, it finishes the request in hand and takes no other', async () => {
  const { origin, gateway, managementOrigin, seen } = await startLab(() => undefined);
  const asked = fetch(`${origin}/v1/batches`);
  const { response } = await waitFor(() => seen[0], { describe: 'the request at the app' });

  const stopped = gateway.stop();
  await waitFor(async () => (await fetch(`${managementOrigin}/health/ready`)).status === 503, {
    describe: 'not to be ready',
  });
  const refused = connect(gateway.port, '127.0.0.1');
  await once(refused, 'error');
  response.end('late');

  expect(await (await asked).text()).toBe('late');
  await stopped;
});

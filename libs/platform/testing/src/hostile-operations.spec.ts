import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { attack, documentedOperations } from './hostile-operations.ts';

const DOCUMENT = {
  paths: {
    '/v1/things': { get: { responses: { 200: { description: 'the things' }, 400: { description: 'FIELD_INVALID' } } } },
  },
};

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: object;
}

/** An app with one documented operation, which always answers the same. */
async function attacked({ status, type = 'application/problem+json', body = {} }: Answer): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    const isDocument = request.url === '/docs-json';
    response.writeHead(isDocument ? 200 : status, { 'content-type': isDocument ? 'application/json' : type });
    response.end(JSON.stringify(isDocument ? DOCUMENT : body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port.toString()}`;
  for (const operation of await documentedOperations(origin)) await attack(origin, operation, { requests: 3 });
}

const problem = { code: 'FIELD_INVALID', title: 'a title', detail: 'a detail' };

test('documented answers are no fault', async () => {
  await attacked({ status: 200, type: 'application/json' });
  await attacked({ status: 400, body: problem });
});

test.each([
  ['a status that is not documented', { status: 500 }, 'answers 500, which it does not document'],
  ['a code that is not documented', { status: 400, body: { ...problem, code: 'ODD' } }, '400 with ODD, which it does'],
  ['a refusal that is no problem', { status: 400, type: 'text/html' }, 'answers 400 as text/html'],
  ['a refusal without a text', { status: 400, body: { ...problem, detail: '' } }, 'says too little'],
  ['a stack trace', { status: 400, body: { ...problem, detail: 'at x (a.js:1)' } }, 'tells of its insides'],
])('%s fails the attack, which prints its seed', async (_, answer, fault) => {
  await expect(attacked(answer)).rejects.toMatchObject({
    message: expect.stringMatching(/seed: -?\d+/) as string,
    cause: { message: expect.stringContaining(fault) as string },
  });
});

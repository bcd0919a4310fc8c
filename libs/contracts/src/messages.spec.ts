import { expect, test } from 'vitest';
import { checkMessage, decodeMessage, isMessageName } from './messages.ts';

const batchId = '0193f0a0-0000-4000-8000-000000000001';
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

test('a message survives the way through the broker', () => {
  const message = { batchId, chunkNo: 3, fromLine: 17, toLine: null };
  expect(decodeMessage('chunk.ready.v1', encode(checkMessage('chunk.ready.v1', message)))).toEqual({
    ok: true,
    message,
  });
});

test.each([
  ['no JSON', new TextEncoder().encode('{"batchId":')],
  ['no UTF-8', new Uint8Array([0xff, 0xfe])],
  ['not an object', encode(null)],
  ['no batch id', encode({})],
  ['a batch id that is no UUID', encode({ batchId: '7' })],
  ['more than the schema knows', encode({ batchId, cpf: '52998224725' })],
  ['too large', new TextEncoder().encode(`"${'x'.repeat(70_000)}"`)],
])('a body with %s is refused as a value', (_, body) => {
  expect(decodeMessage('batch.received.v1', body)).toMatchObject({ ok: false });
});

test('the reason names the field and never quotes the body', () => {
  const decoded = decodeMessage('batch.received.v1', encode({ batchId: 'segredo' }));
  expect(decoded).toMatchObject({ ok: false, reason: expect.stringContaining('batchId') as string });
  expect(JSON.stringify(decoded)).not.toContain('segredo');
});

test('a sender that breaks its contract is stopped', () => {
  expect(() => checkMessage('batch.received.v1', { batchId: 'x' })).toThrow('batchId');
});

test('a name of the prototype is no message', () => {
  expect(isMessageName('chunk.ready.v1')).toBe(true);
  expect(isMessageName('constructor')).toBe(false);
});

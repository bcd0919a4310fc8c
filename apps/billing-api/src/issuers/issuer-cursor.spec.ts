import { expect, test } from 'vitest';
import { decodeIssuerCursor, encodeIssuerCursor } from './issuer-cursor.ts';

const ID = '0190f5a6-7c1e-7c3a-9d2e-3f4a5b6c7d8e';

test.each(['Mensalidades Exemplo Ltda', 'João 😀 & Cia', '日'.repeat(120)])('a cursor says where %s stands', (name) => {
  expect(decodeIssuerCursor(encodeIssuerCursor({ id: ID, name }))).toEqual({ id: ID, name });
});

test.each([
  '',
  'x',
  ID,
  Buffer.from(`${ID} `).toString('base64url'),
  Buffer.from(`${ID} a\u0000`).toString('base64url'),
])('%j is no cursor', (text) => {
  expect(decodeIssuerCursor(text)).toBeUndefined();
});

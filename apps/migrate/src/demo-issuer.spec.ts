import { expect, test } from 'vitest';
import { checkAccount } from '#boleto';
import { parseDocument } from '#tax-ids';
import { demoIssuer } from './demo-issuer.ts';

test('the demo issuer has a valid CNPJ with letters', () => {
  expect(parseDocument(demoIssuer.document)).toEqual({ kind: 'cnpj', value: demoIssuer.document });
  expect(demoIssuer.document).toMatch(/[A-Z]/);
});

test('the demo issuer has an account that its bank would accept', () => {
  expect(checkAccount(demoIssuer.account)).toEqual([]);
});

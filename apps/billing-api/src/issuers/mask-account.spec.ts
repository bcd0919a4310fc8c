import { expect, test } from 'vitest';
import { maskAccount } from './mask-account.ts';

test('an account keeps its bank, its agência and the end of its number', () => {
  const account = { bankCode: '001', agencia: '1234', conta: '12345678', carteira: '17' };
  expect(maskAccount(account)).toBe('001/1234/*****678');
});

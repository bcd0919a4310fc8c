import { expect, test } from 'vitest';
import { differences, hashOf, withoutPoison, type State } from './state.ts';

const batch = { status: 'completed', read: 3, accepted: 2, duplicate: 0, rejected: 1 };
const dead = { dead_validating: 0, dead_issuing: 0 };
const counts = { ...batch, ...dead, boletos: 2, mailed: 2 };
const first = { debt_id: 'D-1', boletos: 1, file: '0', amount: '100', factor_and_amount: '10000000000100' };
const second = { debt_id: 'D-2', boletos: 1, file: '0', amount: '200', factor_and_amount: '10000000000200' };
const state: State = {
  batches: [counts],
  debts: [first, second],
  rejections: [{ file: '0', codes: 'EMAIL_INVALID', line: 4 }],
};

test('equal states have equal hashes and no differences', () => {
  expect(hashOf(structuredClone(state))).toBe(hashOf(state));
  expect(differences(state, structuredClone(state))).toEqual([]);
});

test.each<[string, State]>([
  ['a lost debt', { ...state, debts: [first] }],
  ['a debt that is there twice', { ...state, debts: [first, first, second] }],
  ['an amount that is another', { ...state, debts: [first, { ...second, amount: '201' }] }],
  ['a debt with two boletos', { ...state, debts: [first, { ...second, boletos: 2 }] }],
  ['a lost rejection', { ...state, rejections: [] }],
  ['another line of a rejection', { ...state, rejections: [{ file: '0', codes: 'EMAIL_INVALID', line: 5 }] }],
  ['a row that was counted twice', { ...state, batches: [{ ...counts, accepted: 3 }] }],
  ['a batch that did not end', { ...state, batches: [{ ...counts, status: 'processing' }] }],
])('%s changes the hash and is reported', (_, other) => {
  expect(hashOf(other)).not.toBe(hashOf(state));
  expect(differences(state, other).length).toBeGreaterThan(0);
});

test('a row that dies at validation leaves no debt, at issuing a debt without a boleto', () => {
  const remaining = withoutPoison(state, [
    { debtId: 'D-1', stage: 'validate' },
    { debtId: 'D-2', stage: 'issue' },
  ]);
  expect(remaining).toEqual({
    ...state,
    batches: [{ ...counts, accepted: 1, dead_validating: 1, dead_issuing: 1, boletos: 0, mailed: 0 }],
    debts: [{ ...second, boletos: 0, factor_and_amount: null }],
  });
});

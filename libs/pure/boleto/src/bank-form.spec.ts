import { describe, expect, test } from 'vitest';
import type { BankAccount } from './account.ts';
import { ACCOUNTS } from './accounts.fixture.ts';
import { bankForms } from './bank-form.ts';
import { banks } from './banks.ts';
import { checkAccount, nossoNumeroMax } from './compose.ts';

test('there is a form for each bank, with a label and a help without blanks around them', () => {
  const forms = bankForms();
  expect(forms.map(({ code, name }) => ({ code, name }))).toEqual(banks());
  for (const text of forms.flatMap(({ fields }) => fields.flatMap(({ label, help }) => [label, help ?? label]))) {
    expect(text).toMatch(/^[A-Z]\S?(?:.*\S)?$/);
  }
});

describe.each(bankForms())('the form of bank $code', ({ code, fields, nossoNumeroMax: largest }) => {
  const accounts: readonly BankAccount[] = ACCOUNTS.filter(({ bankCode }) => bankCode === code);
  const problemsOf = (account: object) => checkAccount({ bankCode: code, ...account } as BankAccount);

  test('asks for every field of the accounts that we know, and calls required what an empty account lacks', () => {
    expect(accounts.length).toBeGreaterThan(0);
    const names = new Set<string>(['bankCode', ...fields.map(({ name }) => name)]);
    for (const account of accounts) expect(Object.keys(account).filter((field) => !names.has(field))).toEqual([]);
    const lacking = problemsOf({}).map(({ field }) => field);
    expect(
      fields
        .filter(({ required }) => required)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(lacking.toSorted());
  });

  test('has the lengths that the values of an account may have', () => {
    for (const { name, digitsMin, digitsMax } of fields) {
      const isRefused = (value: string) =>
        problemsOf({ ...accounts[0], [name]: value }).some(({ field }) => field === name);
      const known = accounts.flatMap((account) => account[name] ?? []);
      expect([name, isRefused('1'.repeat(digitsMax + 1))]).toEqual([name, true]);
      expect([name, digitsMin === 1 || isRefused('1'.repeat(digitsMin - 1))]).toEqual([name, true]);
      expect(known.filter(({ length }) => length < digitsMin || length > digitsMax)).toEqual([]);
    }
  });

  test('has a largest number that no account exceeds', () => {
    for (const account of accounts) expect(nossoNumeroMax(account) <= largest).toBe(true);
  });
});

test('the largest numbers are those of the counters', () => {
  const largest = new Map(bankForms().map(({ code, nossoNumeroMax: max }) => [code, max.toString().length]));
  expect([largest.get('001'), largest.get('341'), largest.get('104'), largest.get('756')]).toEqual([17, 8, 15, 7]);
});

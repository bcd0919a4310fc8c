import { expect, test } from 'vitest';
import { DebtorDirectory } from './debtor-directory.ts';

test('what is remembered of one issuer is not known of another', () => {
  const directory = new DebtorDirectory();
  directory.remember('issuer', new Map([['52998224725', 7]]));
  expect(directory.known('issuer').get('52998224725')).toBe(7);
  expect(directory.known('other').size).toBe(0);
});

test('it never holds more than its limit', () => {
  const directory = new DebtorDirectory(3);
  directory.remember(
    'a',
    new Map([
      ['1', 1],
      ['2', 2],
    ]),
  );
  directory.remember('a', new Map([['2', 2]]));
  expect(directory.known('a').size).toBe(2);
  directory.remember(
    'b',
    new Map([
      ['3', 3],
      ['4', 4],
    ]),
  );
  expect(directory.known('a').size).toBe(0);
  expect(directory.known('b').size).toBe(2);
  directory.remember(
    'b',
    new Map([
      ['5', 5],
      ['6', 6],
      ['7', 7],
      ['8', 8],
    ]),
  );
  expect(directory.known('b').size).toBe(2);
});

test('it can forget', () => {
  const directory = new DebtorDirectory();
  directory.remember('issuer', new Map([['1', 1]]));
  directory.forget();
  expect(directory.known('issuer').size).toBe(0);
});

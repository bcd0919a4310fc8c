import { expect, test } from 'vitest';
import { parseIsoDate } from '#calendar';
import { centavos } from '#money';
import type { GoodRow } from '../reading/row-sets.ts';
import { decideDuplicates, type KnownDebt } from './decide-duplicates.ts';

const dueDate = parseIsoDate('2030-01-31');
if (dueDate === undefined) throw new Error('no date');

const row: GoodRow = {
  line: 9,
  name: 'Ana',
  document: '52998224725',
  documentKind: 'cpf',
  email: 'ana@example.com',
  amount: centavos(10_00n),
  dueDate,
  debtId: 'D-1',
  address: undefined,
};
const known: KnownDebt = { debtId: 'D-1', document: row.document, amountCentavos: 10_00n, dueDate: '2030-01-31' };

test('the same debtor, amount and due date under the same id is a duplicate, whatever its e-mail', () => {
  const again = { ...row, email: 'other@example.com', name: 'Ana Maria' };
  expect(decideDuplicates([again], [known])).toEqual({ duplicates: [again], conflicts: [] });
});

test.each([
  ['debtor', { document: '11144477735' }],
  ['amount', { amount: centavos(10_01n) }],
  ['due date', { dueDate: parseIsoDate('2030-02-01') ?? dueDate }],
])('another %s under the same id is a conflict', (_, change) => {
  const other = { ...row, ...change };
  expect(decideDuplicates([other], [known])).toEqual({ duplicates: [], conflicts: [other] });
});

test('a refused id that is not on record is a bug, not a row to lose', () => {
  expect(() => decideDuplicates([row], [])).toThrow('line 9');
});
